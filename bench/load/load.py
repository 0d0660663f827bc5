"""What is asked of the server, and how it bears it: throughput and latency by wrk, memory, time to ready."""

import json
import statistics
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from load.server import Server, ask, clean_environment, say

SCRIPT = Path(__file__).resolve().parent / "request.lua"
CONNECTIONS = (1, 8, 64)
OVERLOAD = 256  # connections: more than the queue of 128 and the workers hold
CANDIDATES = 1000
BOUNDARY = "ozma-bench-5f1c0b7e"


def multipart(parts):
    """(name, filename, type, bytes)... as a body."""
    body = b""
    for name, filename, kind, content in parts:
        body += (f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
                 f"Content-Type: {kind}\r\n\r\n").encode() + content + b"\r\n"
    return body + f"--{BOUNDARY}--\r\n".encode()


def request(path, body=None, kind=None, expect=200):
    return {"method": "GET" if body is None else "POST", "path": path, "body": body, "type": kind, "expect": expect}


def checked(server, what):
    """The answer to a request, which must have the expected status."""
    connection = server.connect()
    status, body = ask(connection, what)
    connection.close()
    if status != what["expect"]:
        raise RuntimeError(f"{what['path']} answered {status}: {body[:300]!r}")
    return body


def requests(server, picture, other):
    """Every job by name. Templates are made by the server itself, from two pictures of one person."""
    first, second = picture.read_bytes(), other.read_bytes()
    photo = request("/v1/face/pattern/extract", first, "image/jpeg")
    template = checked(server, photo)
    second_template = checked(server, request("/v1/face/pattern/extract", second, "image/jpeg"))
    octets, form = "application/octet-stream", f"multipart/form-data; boundary={BOUNDARY}"
    many = [("templates_n", f"{i}.tpl", octets, second_template) for i in range(CANDIDATES)]
    jobs = {
        "version": request("/version"),
        "detect": request("/v1/face/liveness/detect", first, "image/jpeg"),
        "extract": photo,
        "compare": request("/v1/face/pattern/compare", multipart(
            [("bio_feature", "a.tpl", octets, template), ("bio_template", "b.tpl", octets, second_template)]), form),
        "compare_n": request("/v1/face/pattern/compare_n", multipart([("template_1", "a.tpl", octets, template), *many]), form),
        "extract_and_compare": request("/v1/face/pattern/extract_and_compare", multipart(
            [("sample_1", "a.jpg", "image/jpeg", first), ("sample_2", "b.jpg", "image/jpeg", second)]), form),
        "bad": request("/v1/face/liveness/detect", first[:len(first) // 3], "image/jpeg", expect=400),
    }
    for job in jobs.values():
        checked(server, job)
    return jobs


def wrk(server, job, connections, seconds, folder):
    """One run of wrk: requests/s (good answers alone), p50 and p99 in ms, errors."""
    settings = {"LOAD_METHOD": job["method"]}
    if job["body"] is not None:
        body = folder / "body"
        body.write_bytes(job["body"])
        # Counting by status costs wrk time that shows only beside the cheapest call there is.
        settings |= {"LOAD_BODY": str(body), "LOAD_TYPE": job["type"], "LOAD_COUNT": "1", "LOAD_EXPECT": str(job["expect"])}
    settings |= {"LOAD_TOKEN": token} if (token := job.get("headers", {}).get("X-Forensic-Access-Token")) else {}
    command = ["wrk", "--latency", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "60s", "-s", str(SCRIPT),
               f"http://{server.address}{job['path']}"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=seconds + 120,
                          env=clean_environment() | settings)
    lines = [line for line in done.stdout.splitlines() if line.startswith("LOAD ")]
    if done.returncode != 0 or not lines:
        raise RuntimeError(f"wrk failed with {done.returncode}: {done.stdout[-500:]}")
    answer = json.loads(lines[-1][5:])
    good = answer["requests"] - answer["overloaded"] - answer["refused"]
    return {"per_second": good / answer["seconds"], "p50_ms": answer["p50_ms"], "p99_ms": answer["p99_ms"],
            "errors": answer["refused"] + answer["broken"], "overloaded": answer["overloaded"], "answers": answer["requests"]}


def measure_load(program, picture, other, seconds):
    rows = []
    with tempfile.TemporaryDirectory() as name, Server(program, Path(name) / "data") as server:
        jobs = requests(server, picture, other)
        sizes = {job: len(jobs[job]["body"] or b"") for job in jobs}
        plan = [(job, connections) for job in ("version", "detect", "extract", "compare", "compare_n") for connections in CONNECTIONS]
        for job, connections in [*plan, ("detect", OVERLOAD)]:
            wrk(server, jobs[job], connections, 1, Path(name))  # warm-up
            row = wrk(server, jobs[job], connections, seconds, Path(name))
            rows.append({"job": job, "connections": connections, **row})
            say(f"load: {job}, {connections} connections: {row['per_second']:.1f}/s, p50 {row['p50_ms']:.2f} ms, "
                f"p99 {row['p99_ms']:.2f} ms, {row['errors']} errors, {row['overloaded']} times 503")
        return {"rows": rows, "body_bytes": sizes, "line": server.line.partition("(")[2].rstrip(")")}


class Mix:
    """Requests one after the other over a few connections; every answer must have the expected status."""

    CLIENTS = 4

    def __init__(self, server, jobs):
        self.server, self.jobs = server, jobs
        self.lock, self.sent, self.failure = threading.Lock(), 0, None

    def run(self, count, limit):
        """Until `count` requests in all were answered; fails after `limit` seconds."""
        deadline = time.monotonic() + limit
        clients = [threading.Thread(target=self._client, args=(count, deadline), daemon=True) for _ in range(self.CLIENTS)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        if self.failure:
            raise self.failure

    def _client(self, count, deadline):
        connection = self.server.connect()
        try:
            while (number := self._next(count)) is not None:
                job = self.jobs[number % len(self.jobs)]
                status, body = ask(connection, job)
                if status != job["expect"]:
                    raise RuntimeError(f"{job['path']} answered {status}: {body[:300]!r}")
                if time.monotonic() > deadline:
                    raise RuntimeError(f"{count} requests took too long; {number} were answered")
        except Exception as failure:  # handed on by run(), in the thread that asked
            self.failure = self.failure or failure
        finally:
            connection.close()

    def _next(self, count):
        with self.lock:
            if self.failure or self.sent >= count:
                return None
            self.sent += 1
            if self.sent % max(1, count // 10) == 0:
                say(f"memory: {self.sent} of {count} requests")
            return self.sent - 1


def measure_memory(program, picture, other, warm, total, limit):
    with tempfile.TemporaryDirectory() as name, Server(program, Path(name) / "data") as server:
        say("memory at rest")
        answer = {"rest": server.memory(), "warm_requests": warm, "total_requests": total}
        jobs = requests(server, picture, other)
        mix = Mix(server, [jobs[job] for job in ("detect", "extract", "compare", "extract_and_compare", "bad")])
        mix.run(warm, limit)
        answer["warm"] = server.memory()
        began = time.monotonic()
        mix.run(total, limit)
        answer["seconds"] = time.monotonic() - began
        answer["end"] = server.memory()
        answer["growth"] = answer["end"]["pss"] / answer["warm"]["pss"] - 1
        return answer


def ready_times(program, data):
    """Seconds from the start of the process to its line, and to the first health answer, which runs the networks."""
    with Server(program, data) as server:
        health = json.loads(checked(server, request("/v1/face/liveness/health")))
        answered = time.monotonic() - server.began
        if health["status"] != 0:
            raise RuntimeError(f"health says {health}")
        return server.listening, answered


def measure_ready(program, rounds):
    answer = {"rounds": rounds}
    with tempfile.TemporaryDirectory() as name:
        cold = [ready_times(program, Path(name) / f"cold-{i}") for i in range(rounds)]
        warm = [ready_times(program, Path(name) / "cold-0") for _ in range(rounds)]
    for kind, times in (("cold", cold), ("warm", warm)):
        answer[kind] = {"listening": statistics.median(t[0] for t in times), "answering": statistics.median(t[1] for t in times),
                        "slowest": max(t[1] for t in times)}
        say(f"ready, {kind}: {answer[kind]['listening']:.2f} s, with the first answer {answer[kind]['answering']:.2f} s")
    return answer
