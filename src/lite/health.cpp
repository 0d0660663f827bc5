#include "lite/health.hpp"

#include "base/json.hpp"

namespace ozma::lite {

http::Response Health::Report() {
  constexpr int kWorks = 0;
  constexpr int kDoesNotWork = 3;
  const std::lock_guard lock(mutex_);
  if (!fresh_until_ || fresh_until_->Passed()) {
    last_ = check_();
    fresh_until_.emplace(age_);
  }
  base::json::object body;
  body["status"] = last_ ? kWorks : kDoesNotWork;
  body["message"] = last_ ? "All networks answer." : last_.error().message;
  return http::JsonResponse(base::WriteJson(body));
}

}  // namespace ozma::lite
