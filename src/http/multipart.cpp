#include "http/multipart.hpp"

#include <algorithm>
#include <optional>

#include "base/ids.hpp"
#include "http/text.hpp"

namespace ozma::http {
namespace {

using base::Fail;
using base::Fault;

constexpr std::size_t kPadding = 256;     // white space after a boundary
constexpr std::size_t kPartCost = 512;    // bookkeeping of a part in memory
constexpr std::size_t kHeaderCost = 128;  // and of one header

base::Error Broken(const std::string& what) {
  return Fail(Fault::kInvalidRequest, "The multipart body is broken: " + what + ".");
}

// RFC 8187: charset'language'percent-encoded.
std::optional<std::string> ExtendedValue(std::string_view value) {
  const std::size_t first = value.find('\'');
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = value.find('\'', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const std::string charset = LowerCase(value.substr(0, first));
  if (charset != "utf-8" && charset != "iso-8859-1") return std::nullopt;
  const auto decoded = PercentDecode(value.substr(second + 1));
  if (!decoded) return std::nullopt;
  return CleanText(*decoded);
}

// Browsers escape these three in names, and no others (WHATWG HTML, "multipart/form-data encoding
// algorithm").
std::string Unescape(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view code = text.substr(i, 3);
    const char meant = code == "%22" ? '"' : code == "%0D" ? '\r' : code == "%0A" ? '\n' : '\0';
    plain += meant ? meant : text[i];
    if (meant) i += 2;
  }
  return plain;
}

std::string Escape(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '"':
        escaped += "%22";
        break;
      case '\r':
        escaped += "%0D";
        break;
      case '\n':
        escaped += "%0A";
        break;
      case '\\':
        escaped += R"(\\)";
        break;  // lest one at the end should escape the closing quote
      default:
        escaped += c;
    }
  }
  return escaped;
}

}  // namespace

base::Result<std::string> BoundaryOf(std::string_view content_type) {
  const auto parameters = ParametersOf(content_type);
  const auto found = parameters.find("boundary");
  if (found == parameters.end() || found->second.empty())
    return Fail(Fault::kInvalidRequest, "The Content-Type multipart/form-data names no boundary.");
  const std::string& boundary = found->second;
  const bool printable =
      std::all_of(boundary.begin(), boundary.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (boundary.size() > 70 || boundary.back() == ' ' || !printable)
    return Fail(Fault::kInvalidRequest,
                "The multipart boundary is longer than 70 characters or holds others than it may.");
  return boundary;
}

MultipartReader::MultipartReader(std::string_view boundary, MultipartLimits limits, Budget::Share& memory)
    : delimiter_("\n--" + std::string(boundary)), limits_(limits), memory_(memory) {}

base::Result<void> MultipartReader::Feed(base::ByteView chunk) {
  std::string_view rest = base::AsText(chunk);
  while (!rest.empty()) {
    base::Result<void> step;
    switch (state_) {
      case State::kText:
        step = OnText(rest);
        break;
      case State::kMatch:
        step = OnMatch(rest);
        break;
      case State::kTail:
        step = OnTail(rest);
        break;
      case State::kHeaders:
        step = OnHeaders(rest);
        break;
      case State::kEpilogue:
        return {};
    }
    if (!step) return step;
  }
  return {};
}

base::Result<std::vector<Part>> MultipartReader::Finish() {
  if (state_ != State::kEpilogue) return Broken("its closing delimiter is missing");
  return std::move(parts_);
}

// A line end may begin a delimiter. Text up to it is data.
base::Result<void> MultipartReader::OnText(std::string_view& rest) {
  std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) {
    end = rest.size();
    if (rest.back() == '\r') --end;  // its LF may come next
  } else if (end > 0 && rest[end - 1] == '\r') {
    --end;
  }
  if (auto stored = Store(rest.substr(0, end)); !stored) return stored;
  rest.remove_prefix(end);
  if (rest.empty()) return {};
  state_ = State::kMatch;
  held_.clear();
  matched_ = 0;
  return {};
}

// No boundary holds a line end, so a mismatch need only look again at the character that failed.
base::Result<void> MultipartReader::OnMatch(std::string_view& rest) {
  const char c = rest.front();
  const bool carriage_return = matched_ == 0 && held_.empty() && c == '\r';
  if (!carriage_return && c != delimiter_[matched_]) return GiveBack();
  held_ += c;
  rest.remove_prefix(1);
  if (carriage_return) return {};
  if (++matched_ < delimiter_.size()) return {};
  state_ = State::kTail;
  tail_.clear();
  return {};
}

base::Result<void> MultipartReader::OnTail(std::string_view& rest) {
  const char c = rest.front();
  const char before = tail_.empty() ? '\0' : tail_.back();
  const bool dash = c == '-' && (tail_.empty() || tail_ == "-");
  const bool padding = (c == ' ' || c == '\t') && before != '-' && before != '\r' && tail_.size() < kPadding;
  const bool line_end = (c == '\r' && before != '-' && before != '\r') || (c == '\n' && before != '-');
  if (!dash && !padding && !line_end) return GiveBack();

  rest.remove_prefix(1);
  held_ += c;
  tail_ += c;
  if (tail_ == "--") {
    state_ = State::kEpilogue;
    return {};
  }
  return c == '\n' ? OpenPart() : base::Result<void>();
}

base::Result<void> MultipartReader::OnHeaders(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  const std::size_t size = end == std::string_view::npos ? rest.size() : end + 1;
  if (size > limits_.header_bytes - header_bytes_)
    return Fail(Fault::kTooLarge,
                "The header of a part is longer than " + std::to_string(limits_.header_bytes) + " bytes.");
  header_bytes_ += size;
  line_.append(rest.substr(0, size));
  rest.remove_prefix(size);
  if (end == std::string_view::npos) return {};

  line_.pop_back();
  if (!line_.empty() && line_.back() == '\r') line_.pop_back();
  if (line_.empty()) return BeginData();
  auto taken = TakeHeaderLine(line_);
  line_.clear();
  return taken;
}

base::Result<void> MultipartReader::TakeHeaderLine(std::string_view line) {
  Headers& headers = parts_.back().headers;
  if (line.front() == ' ' || line.front() == '\t') {
    if (headers.empty()) return Broken("a part's header begins with a folded line");
    last_header_->second += " " + CleanText(Trim(line));
    return {};
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return Broken("a line of a part's header has no colon");
  std::string name(Trim(line.substr(0, colon)));
  std::replace(name.begin(), name.end(), '_', '-');
  if (!IsToken(name)) return Broken("a part's header has a name that is none");
  if (headers.size() >= limits_.headers)
    return Fail(Fault::kTooLarge, "A part has more than " + std::to_string(limits_.headers) + " headers.");
  last_header_ = headers.emplace(std::move(name), CleanText(Trim(line.substr(colon + 1))));
  return {};
}

base::Result<void> MultipartReader::OpenPart() {
  if (parts_.size() >= limits_.parts)
    return Fail(Fault::kTooLarge, "The body has more than " + std::to_string(limits_.parts) + " parts.");
  if (!memory_.Take(kPartCost + limits_.headers * kHeaderCost + limits_.header_bytes))
    return Fail(Fault::kOverloaded, "The server holds as many bodies as it may; come back later.");
  parts_.emplace_back();
  in_part_ = true;
  state_ = State::kHeaders;
  header_bytes_ = 0;
  line_.clear();
  return {};
}

base::Result<void> MultipartReader::BeginData() {
  Part& part = parts_.back();
  auto parameters = ParametersOf(Find(part.headers, "Content-Disposition"));
  const auto name = parameters.find("name");
  if (name == parameters.end() || name->second.empty()) return Broken("a part has no name");
  part.name = Unescape(name->second);
  if (const auto plain = parameters.find("filename"); plain != parameters.end())
    part.filename = Unescape(plain->second);
  if (const auto extended = parameters.find("filename*"); extended != parameters.end())
    if (auto value = ExtendedValue(extended->second)) part.filename = std::move(*value);

  // The empty line just read may be the delimiter's own: a part without data.
  state_ = State::kMatch;
  held_.clear();
  matched_ = 1;
  return {};
}

base::Result<void> MultipartReader::Store(std::string_view data) {
  if (!in_part_ || data.empty()) return {};
  base::Bytes& to = parts_.back().data;
  if (data.size() > limits_.part_bytes - to.size())
    return Fail(Fault::kTooLarge, "A part is larger than " + std::to_string(limits_.part_bytes) +
                                      " bytes; send a smaller file.");
  if (!memory_.Append(to, base::AsBytes(data), limits_.part_bytes))
    return Fail(Fault::kOverloaded, "The server holds as many bodies as it may; come back later.");
  return {};
}

// What was held is no delimiter: it is data, and the next character begins afresh.
base::Result<void> MultipartReader::GiveBack() {
  state_ = State::kText;
  auto stored = Store(held_);
  held_.clear();
  return stored;
}

std::string WriteMultipart(std::span<const Part> parts, std::string_view boundary) {
  std::string body;
  for (const Part& part : parts) {
    body.append("--").append(boundary).append("\r\nContent-Disposition: form-data; name=\"");
    body.append(Escape(part.name)).append("\"");
    if (part.filename) body.append("; filename=\"").append(Escape(*part.filename)).append("\"");
    body += "\r\n";
    for (const auto& [name, value] : part.headers)
      if (!EqualsIgnoringCase(name, "Content-Disposition"))
        body.append(name).append(": ").append(CleanText(value)).append("\r\n");
    body.append("\r\n").append(base::AsText(part.data)).append("\r\n");
  }
  return body.append("--").append(boundary).append("--\r\n");
}

std::string NewBoundary() {
  return "ozma-" + base::NewUuid();
}

}  // namespace ozma::http
