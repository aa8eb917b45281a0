#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>
#include <string>
#include <utility>
#include <vector>

namespace rollcall {

// Values of the labels, in the order of the family's label names.
using LabelValues = std::vector<std::string>;

// Names that the series of a family share.
struct FamilyName {
  std::string name;
  std::string help;
  std::vector<std::string> labels;

  [[nodiscard]] prometheus::ClientMetric metric(const LabelValues& values) const {
    prometheus::ClientMetric metric;
    for (std::size_t i = 0; i < labels.size(); ++i)
      metric.label.push_back({labels[i], values.at(i)});
    return metric;
  }
};

// Counters or gauges of one name. Unlike the library's, a plain number without atomics that can be
// replaced: who counts has the total already.
class NumberFamily {
 public:
  NumberFamily(prometheus::MetricType type, FamilyName name)
      : type_(type), name_(std::move(name)) {}

  double& at(const LabelValues& labels) { return numbers_[labels]; }
  void clear() { numbers_.clear(); }

  [[nodiscard]] prometheus::MetricFamily collect() const {
    prometheus::MetricFamily family{name_.name, name_.help, type_, {}};
    for (const auto& [labels, number] : numbers_) {
      auto metric = name_.metric(labels);
      if (type_ == prometheus::MetricType::Counter) {
        metric.counter.value = number;
      } else {
        metric.gauge.value = number;
      }
      family.metric.push_back(std::move(metric));
    }
    return family;
  }

 private:
  prometheus::MetricType type_;
  FamilyName name_;
  std::map<LabelValues, double> numbers_;
};

// How often which size was seen. Adding costs a search in a dozen bounds.
class Histogram {
 public:
  explicit Histogram(const std::vector<double>& bounds)
      : bounds_(&bounds), counts_(bounds.size() + 1) {}

  void observe(double value) {
    const auto bound = std::lower_bound(bounds_->begin(), bounds_->end(), value);
    ++counts_[static_cast<std::size_t>(bound - bounds_->begin())];
    sum_ += value;
  }

  void fill(prometheus::ClientMetric& metric) const {
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < bounds_->size(); ++i) {
      count += counts_[i];
      metric.histogram.bucket.push_back({count, (*bounds_)[i]});
    }
    metric.histogram.sample_count = count + counts_.back();
    metric.histogram.sample_sum = sum_;
  }

 private:
  const std::vector<double>* bounds_;  // ascending; the family's
  std::vector<std::uint64_t> counts_;  // the last one: beyond all bounds
  double sum_ = 0;
};

class HistogramFamily {
 public:
  HistogramFamily(FamilyName name, std::vector<double> bounds)
      : name_(std::move(name)), bounds_(std::move(bounds)) {}
  HistogramFamily(const HistogramFamily&) = delete;  // histograms point at its bounds
  HistogramFamily& operator=(const HistogramFamily&) = delete;

  // Lives as long as the family.
  Histogram& at(const LabelValues& labels) {
    return histograms_.try_emplace(labels, bounds_).first->second;
  }

  [[nodiscard]] prometheus::MetricFamily collect() const {
    prometheus::MetricFamily family{name_.name, name_.help, prometheus::MetricType::Histogram, {}};
    for (const auto& [labels, histogram] : histograms_) {
      auto metric = name_.metric(labels);
      histogram.fill(metric);
      family.metric.push_back(std::move(metric));
    }
    return family;
  }

 private:
  FamilyName name_;
  std::vector<double> bounds_;
  std::map<LabelValues, Histogram> histograms_;
};

}  // namespace rollcall
