#include "dt4ecg/signal/lost.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace dt4ecg::signal {
namespace {

constexpr std::array kCodes{-32768.0, 32767.0, -8388608.0, 8388607.0, -2147483648.0, 2147483647.0};
constexpr double kSmallestCode = 32767;
constexpr double kOutlierRanges = 20;
constexpr double kLost = std::numeric_limits<double>::quiet_NaN();

void count(std::size_t lead, double value, std::vector<LostValue>& found) {
  const auto same = std::ranges::find_if(
      found, [&](const LostValue& one) { return one.lead == lead && one.value == value; });
  if (same == found.end()) {
    found.push_back({lead, value, 1});
  } else {
    ++same->count;
  }
}

double quantile(std::vector<double>& values, double fraction) {
  const auto place =
      values.begin() + std::lround(fraction * static_cast<double>(values.size() - 1));
  std::ranges::nth_element(values, place);
  return *place;
}

}  // namespace

bool is_non_finite(double sample) { return !(std::abs(sample) <= kLargestSample); }

bool has_value_of_code(double sample) {
  return std::abs(sample) >= kSmallestCode && std::ranges::find(kCodes, sample) != kCodes.end();
}

void LostCodes::remove(std::size_t lead, std::span<double> samples, std::vector<LostValue>& found) {
  if (lead >= last_measured_.size()) {
    last_measured_.resize(lead + 1);
  }
  double& last = last_measured_[lead];
  for (double& sample : samples) {
    if (has_value_of_code(sample) && std::abs(sample - last) > std::abs(sample) / 2) {
      count(lead, sample, found);
      sample = kLost;
    } else if (!is_non_finite(sample)) {
      last = sample;
    }
  }
}

std::optional<Limits> outlier_limits(std::span<const double> samples) {
  // A part of the samples is enough for the quantiles.
  constexpr std::size_t kEnough = 1 << 14;
  const std::size_t step = std::max<std::size_t>(1, samples.size() / kEnough);
  std::vector<double> values;
  for (std::size_t i = 0; i < samples.size(); i += step) {
    if (!is_non_finite(samples[i])) {
      values.push_back(samples[i]);
    }
  }
  if (values.empty()) {
    return {};
  }
  const double low = quantile(values, 0.01), middle = quantile(values, 0.5),
               high = quantile(values, 0.99);
  if (low == high) {
    return {};
  }
  const double reach = kOutlierRanges * (high - low);
  return Limits{middle - reach, middle + reach};
}

void remove_outliers(std::size_t lead, std::span<double> samples, const Limits& limits,
                     std::vector<LostValue>& found) {
  const double middle = limits.low / 2 + limits.high / 2;
  LostValue outliers{lead, middle, 0};
  for (double& sample : samples) {
    if (sample < limits.low || sample > limits.high) {
      if (std::abs(sample - middle) > std::abs(outliers.value - middle)) {
        outliers.value = sample;
      }
      ++outliers.count;
      sample = kLost;
    }
  }
  if (outliers.count > 0) {
    found.push_back(outliers);
  }
}

}  // namespace dt4ecg::signal
