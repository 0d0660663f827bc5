// The process's one Prometheus registry; `/metrics` prints it.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <map>
#include <string>

namespace ozma::base {

using Labels = std::map<std::string, std::string>;

// Each returns the one instance of that name and label set, made at first use; safe from any thread.
// Label values come from fixed sets (routes, faults), never from what a client sent.
prometheus::Counter& Counter(const std::string& name, const std::string& help, const Labels& labels = {});
prometheus::Gauge& Gauge(const std::string& name, const std::string& help, const Labels& labels = {});

// Buckets from 1 ms to 60 s.
prometheus::Histogram& Seconds(const std::string& name, const std::string& help, const Labels& labels = {});

// Text exposition format 0.0.4.
std::string MetricsText();

}  // namespace ozma::base
