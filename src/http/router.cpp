#include "http/router.hpp"

#include <algorithm>
#include <set>

#include "http/text.hpp"

namespace ozma::http {
namespace {

std::vector<std::string> Split(std::string_view path) {
  if (!path.empty() && path.front() == '/') path.remove_prefix(1);
  if (!path.empty() && path.back() == '/') path.remove_suffix(1);
  std::vector<std::string> segments;
  if (path.empty()) return segments;
  for (;;) {
    const std::size_t end = path.find('/');
    segments.emplace_back(path.substr(0, end));
    if (end == std::string_view::npos) return segments;
    path.remove_prefix(end + 1);
  }
}

bool IsCapture(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

bool Decode(std::vector<std::string>& segments) {
  for (std::string& segment : segments) {
    auto decoded = PercentDecode(segment);
    if (!decoded || CleanText(*decoded) != *decoded) return false;
    segment = std::move(*decoded);
  }
  return true;
}

bool Fits(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
  return std::equal(pattern.begin(), pattern.end(), path.begin(), path.end(),
                    [](const std::string& part, const std::string& sent) {
                      return IsCapture(part) ? !sent.empty() : part == sent;
                    });
}

bool MoreLiteral(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  for (std::size_t i = 0; i < a.size(); ++i)
    if (IsCapture(a[i]) != IsCapture(b[i])) return IsCapture(b[i]);
  return false;
}

}  // namespace

void Router::Add(Route route) {
  auto segments = Split(route.pattern);
  entries_.push_back({std::move(route), std::move(segments)});
}

std::variant<Match, Router::Miss> Router::Find(std::string_view method, std::string_view path) const {
  auto sent = Split(path);
  if (!path.starts_with('/') || !Decode(sent))
    return Miss{base::Fail(base::Fault::kInvalidRequest, "The path is not percent-encoded UTF-8."),
                Dialect::kOz, ""};

  const Entry* best = nullptr;  // among the routes of that method
  const Entry* other = nullptr;
  std::set<std::string> allow;
  for (const Entry& entry : entries_) {
    if (!Fits(entry.segments, sent)) continue;
    if (!other || MoreLiteral(entry.segments, other->segments)) other = &entry;
    allow.insert(entry.route.method);
    const bool wanted = entry.route.method == method || (method == "HEAD" && entry.route.method == "GET");
    if (wanted && (!best || MoreLiteral(entry.segments, best->segments))) best = &entry;
  }
  if (!other)
    return Miss{base::Fail(base::Fault::kNotFound, "There is nothing at this path."), Dialect::kOz, ""};
  if (!best) {
    if (allow.contains("GET")) allow.insert("HEAD");
    allow.insert("OPTIONS");
    std::string list;
    for (const auto& name : allow) list += (list.empty() ? "" : ", ") + name;
    return Miss{
        base::Fail(base::Fault::kMethodNotAllowed, "HTTP method not allowed; this path takes " + list + "."),
        other->route.dialect, list, other->route.cors};
  }

  Match match{&best->route, {}};
  for (std::size_t i = 0; i < sent.size(); ++i) {
    const std::string& part = best->segments[i];
    if (IsCapture(part)) match.captures.emplace(part.substr(1, part.size() - 2), std::move(sent[i]));
  }
  return match;
}

}  // namespace ozma::http
