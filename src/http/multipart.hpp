// multipart/form-data (RFC 7578, RFC 2046), read as it arrives and written.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "http/budget.hpp"
#include "http/message.hpp"

namespace ozma::http {

struct MultipartLimits {
  std::size_t parts = 64;
  std::size_t part_bytes = 21u << 20;
  std::size_t header_bytes = 8u << 10;  // of one part, line ends included
  std::size_t headers = 32;             // of one part
};

// The boundary that a Content-Type names. kInvalidRequest: none, longer than 70 characters, or not of RFC
// 2046's.
base::Result<std::string> BoundaryOf(std::string_view content_type);

// Takes the body in pieces of any size; the outcome does not depend on where it is cut. Time is linear in the
// bytes fed.
//
// Mild with real clients: lines may end with LF alone, a preamble and an epilogue are passed over, a part's
// header may be folded or be spelt `Content_type`, a name that is not UTF-8 is read as ISO 8859-1,
// `filename*` (RFC 8187) wins over `filename`. Strict where the meaning is at stake, kInvalidRequest: a part
// without a name, a header line without a colon, no closing delimiter. kTooLarge: beyond a limit, found
// before memory is taken. kOverloaded: no memory left in the budget. After an error only destruction makes
// sense. One thread at a time; the share outlives the reader.
class MultipartReader {
 public:
  MultipartReader(std::string_view boundary, MultipartLimits limits, Budget::Share& memory);

  base::Result<void> Feed(base::ByteView chunk);

  // After the last byte: the parts in the order sent. A body that holds nothing but the closing delimiter has
  // none.
  base::Result<std::vector<Part>> Finish();

 private:
  enum class State {
    kText,     // preamble or a part's data, looking for a line end
    kMatch,    // inside what may be a delimiter
    kTail,     // after the boundary: "--", or padding and a line end
    kHeaders,  // a part's header lines
    kEpilogue,
  };

  base::Result<void> OnText(std::string_view& rest);
  base::Result<void> OnMatch(std::string_view& rest);
  base::Result<void> OnTail(std::string_view& rest);
  base::Result<void> OnHeaders(std::string_view& rest);
  base::Result<void> TakeHeaderLine(std::string_view line);
  base::Result<void> OpenPart();
  base::Result<void> BeginData();
  base::Result<void> Store(std::string_view data);
  base::Result<void> GiveBack();

  const std::string delimiter_;  // "\n--boundary"; a CR before it belongs to it
  const MultipartLimits limits_;
  Budget::Share& memory_;

  State state_ = State::kMatch;
  std::size_t matched_ = 1;  // characters of delimiter_ seen; the body's start stands for a line end
  std::string held_;         // what goes to the data if it turns out to be no delimiter
  std::string tail_;         // since the boundary
  std::string line_;         // of a part's header
  std::size_t header_bytes_ = 0;
  bool in_part_ = false;
  Headers::iterator last_header_;
  std::vector<Part> parts_;
};

// A body of multipart/form-data. Each part's Content-Disposition is made from its name and filename; its
// other headers follow. The boundary must not occur in the data: take one with randomness, such as
// NewBoundary's.
std::string WriteMultipart(std::span<const Part> parts, std::string_view boundary);
std::string NewBoundary();

}  // namespace ozma::http
