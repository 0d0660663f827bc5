// The multipart reader takes any bytes, within its limits, and answers the same wherever they are cut.
#include <cstdlib>
#include <random>

#include "http/multipart.hpp"

namespace {

using namespace ozma;
using http::MultipartReader;

using Outcome = base::Result<std::vector<http::Part>>;

constexpr http::MultipartLimits kLimits{.parts = 8, .part_bytes = 512, .header_bytes = 256, .headers = 4};

// `seed` 0: in one piece.
Outcome ReadIn(base::ByteView body, std::string_view boundary, unsigned seed) {
  http::Budget budget;
  http::Budget::Share memory(budget);
  MultipartReader reader(boundary, kLimits, memory);
  std::minstd_rand random(seed);
  while (!body.empty()) {
    const std::size_t size = seed ? std::min<std::size_t>(body.size(), random() % 8) : body.size();
    if (auto fed = reader.Feed(body.first(size)); !fed) return fed.error();
    body = body.subspan(size);
  }
  return reader.Finish();
}

bool Same(const Outcome& a, const Outcome& b) {
  if (!a || !b)
    return !a && !b && a.error().fault == b.error().fault && a.error().message == b.error().message;
  return std::equal(a->begin(), a->end(), b->begin(), b->end(), [](const http::Part& x, const http::Part& y) {
    return x.name == y.name && x.filename == y.filename && x.headers == y.headers && x.data == y.data;
  });
}

}  // namespace

// The first byte cuts, the second says how long the boundary is that follows; the rest is the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const unsigned seed = 1 + data[0];
  const std::size_t length = std::min<std::size_t>(data[1] % 8, size - 2);
  const base::ByteView rest(data + 2, size - 2);
  const auto boundary =
      http::BoundaryOf("multipart/form-data; boundary=" + std::string(base::AsText(rest.first(length))));
  const std::string known = boundary ? *boundary : "B";
  const base::ByteView body = rest.subspan(length);

  const Outcome whole = ReadIn(body, known, 0);
  if (!Same(whole, ReadIn(body, known, seed))) std::abort();
  if (!whole) return 0;
  for (const auto& part : *whole)
    if (part.name.empty() || part.data.size() > kLimits.part_bytes || part.headers.size() > kLimits.headers)
      std::abort();

  // What was read, written and read again, is the same data.
  const std::string again = http::WriteMultipart(*whole, "0123456789-ozma");
  if (again.find("0123456789-ozma") == std::string::npos) std::abort();
  const Outcome back = ReadIn(base::AsBytes(again), "0123456789-ozma", seed);
  if (!back) return 0;  // longer names may pass a limit
  if (back->size() != whole->size()) std::abort();
  for (std::size_t i = 0; i < back->size(); ++i)
    if ((*back)[i].data != (*whole)[i].data || (*back)[i].name != (*whole)[i].name) std::abort();
  return 0;
}
