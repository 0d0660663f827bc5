// Where a request's body goes as it arrives: into bytes, into parts, or nowhere.
#pragma once

#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <optional>

#include "http/budget.hpp"
#include "http/message.hpp"
#include "http/multipart.hpp"
#include "http/server.hpp"

namespace ozma::http {

// One body. One thread at a time; request and memory outlive it.
class Intake {
 public:
  Intake(Request& request, const Limits& limits, Budget::Share& memory);

  // Looks at the request's headers. kContentType: a coding other than identity. kInvalidRequest: a bad
  // boundary.
  base::Result<void> Begin();

  // At most so many bytes, if that is less than the server takes.
  void Narrow(std::size_t bytes) { limit_ = std::min(limit_, bytes); }
  std::size_t limit() const { return limit_; }

  // The body is read for the connection's sake and thrown away.
  void Discard() { discard_ = true; }

  base::Result<void> Feed(base::ByteView bytes);
  base::Result<void> Finish();

  std::size_t received() const { return received_; }

 private:
  Request& request_;
  const Limits& limits_;
  Budget::Share& memory_;
  std::optional<MultipartReader> multipart_;
  std::size_t limit_;  // of the whole body
  bool discard_ = false;
  std::size_t received_ = 0;
};

// Beast's name for a place that takes a body: hands every piece to an Intake and keeps its refusal.
struct IntakeBody {
  struct value_type {
    Intake* intake = nullptr;
    std::optional<base::Error> refusal;
  };

  class reader {
   public:
    template <bool kIsRequest, class Fields>
    reader(boost::beast::http::header<kIsRequest, Fields>&, value_type& body) : body_(body) {}

    void init(const boost::optional<std::uint64_t>&, boost::beast::error_code& failure) { failure = {}; }

    template <class Buffers>
    std::size_t put(const Buffers& buffers, boost::beast::error_code& failure) {
      failure = {};
      std::size_t taken = 0;
      for (const boost::asio::const_buffer piece : boost::beast::buffers_range_ref(buffers)) {
        const auto fed = body_.intake->Feed({static_cast<const std::uint8_t*>(piece.data()), piece.size()});
        if (!fed) return Refuse(fed.error(), failure);
        taken += piece.size();
      }
      return taken;
    }

    void finish(boost::beast::error_code& failure) {
      failure = {};
      if (!body_.intake) return;  // a message without a body
      const auto finished = body_.intake->Finish();
      if (!finished) Refuse(finished.error(), failure);
    }

   private:
    std::size_t Refuse(const base::Error& error, boost::beast::error_code& failure) {
      body_.refusal = error;
      failure = boost::beast::http::error::body_limit;
      return 0;
    }

    value_type& body_;
  };
};

}  // namespace ozma::http
