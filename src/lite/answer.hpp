// How a handler of this API answers.
#pragma once

#include <functional>

#include "base/result.hpp"
#include "http/problem.hpp"

namespace ozma::lite {

using Answer = base::Result<http::Response>;

// A handler that words an error in `dialect`.
inline http::Handler InDialect(http::Dialect dialect, std::function<Answer(const http::Request&)> call) {
  return [dialect, call = std::move(call)](const http::Request& request) {
    auto answer = call(request);
    return answer ? std::move(*answer) : http::Problem(dialect, answer.error());
  };
}

}  // namespace ozma::lite
