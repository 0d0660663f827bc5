#include "http/message.hpp"

#include <algorithm>

#include "http/text.hpp"

namespace ozma::http {

bool CaseInsensitiveLess::operator()(std::string_view a, std::string_view b) const {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [&](char x, char y) { return lower(x) < lower(y); });
}

std::string_view Find(const Headers& headers, std::string_view name) {
  // lower_bound, since a multimap's find may answer any of several equal ones.
  const auto found = headers.lower_bound(name);
  if (found == headers.end() || !EqualsIgnoringCase(found->first, name)) return {};
  return found->second;
}

std::string MediaTypeOf(std::string_view content_type) {
  return LowerCase(Trim(content_type.substr(0, content_type.find(';'))));
}

Response JsonResponse(std::string body, unsigned status) {
  Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

}  // namespace ozma::http
