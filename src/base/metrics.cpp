#include "base/metrics.hpp"

#include <prometheus/text_serializer.h>

namespace ozma::base {
namespace {

prometheus::Registry& Registry() {
  // Never destroyed: threads may still count while the process ends.
  static auto* registry = new prometheus::Registry(prometheus::Registry::InsertBehavior::Merge);
  return *registry;
}

}  // namespace

prometheus::Counter& Counter(const std::string& name, const std::string& help, const Labels& labels) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(Registry()).Add(labels);
}

prometheus::Gauge& Gauge(const std::string& name, const std::string& help, const Labels& labels) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(Registry()).Add(labels);
}

prometheus::Histogram& Seconds(const std::string& name, const std::string& help, const Labels& labels) {
  static const prometheus::Histogram::BucketBoundaries kBuckets = {0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1,
                                                                   0.2,   0.5,   1,     2,    5,    10,   60};
  return prometheus::BuildHistogram().Name(name).Help(help).Register(Registry()).Add(labels, kBuckets);
}

std::string MetricsText() {
  return prometheus::TextSerializer().Serialize(Registry().Collect());
}

}  // namespace ozma::base
