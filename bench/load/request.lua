-- One request over and over: LOAD_METHOD, LOAD_BODY (a file), LOAD_TYPE and LOAD_TOKEN from the environment. Prints a line of
-- JSON at the end. LOAD_EXPECT (200) is the good status. With LOAD_COUNT=1 each answer's status is looked at, which costs wrk some of its own speed.

wrk.method = os.getenv("LOAD_METHOD") or "GET"
local path = os.getenv("LOAD_BODY")
if path then
  local file = assert(io.open(path, "rb"))
  wrk.body = file:read("*a")
  file:close()
  wrk.headers["Content-Type"] = os.getenv("LOAD_TYPE")
end

if os.getenv("LOAD_TOKEN") then wrk.headers["X-Forensic-Access-Token"] = os.getenv("LOAD_TOKEN") end
local expected = tonumber(os.getenv("LOAD_EXPECT") or "200")

overloaded, refused = 0, 0  -- globals of each thread, read by done()

if os.getenv("LOAD_COUNT") == "1" then
  function response(status)
    if status == 503 then
      overloaded = overloaded + 1
    elseif status ~= expected then
      refused = refused + 1
    end
  end
end

local threads = {}
function setup(thread) table.insert(threads, thread) end

function done(summary, latency)
  local busy, bad = 0, 0
  for _, thread in ipairs(threads) do
    busy = busy + thread:get("overloaded")
    bad = bad + thread:get("refused")
  end
  local errors = summary.errors
  if os.getenv("LOAD_COUNT") ~= "1" then bad = errors.status end
  io.write(string.format(
    '\nLOAD {"requests": %d, "seconds": %.6f, "p50_ms": %.4f, "p99_ms": %.4f, "overloaded": %d, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    busy, bad, errors.connect + errors.read + errors.write + errors.timeout))
end
