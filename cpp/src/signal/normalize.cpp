#include "dt4ecg/signal/normalize.hpp"

#include <algorithm>
#include <cmath>

namespace dt4ecg::signal {

Limits find_limits(std::span<const double> samples) {
  const auto [low, high] = std::ranges::minmax(samples);
  return {low, high};
}

Limits find_z_score_limits(std::span<const double> samples) {
  const auto count = static_cast<double>(samples.size());
  double mean = 0, square = 0;
  for (const double sample : samples) {
    mean += sample / count;
  }
  for (const double sample : samples) {
    square += (sample - mean) * (sample - mean);
  }
  return {mean, mean + std::sqrt(square / count)};
}

Limits merge(const Limits& a, const Limits& b) {
  return {std::min(a.low, b.low), std::max(a.high, b.high)};
}

bool is_flat(const Limits& limits) {
  return limits.high - limits.low <= 1e-12 * std::max(std::abs(limits.low), std::abs(limits.high));
}

void scale_to_unit(std::span<double> samples, const Limits& limits) {
  if (is_flat(limits)) {
    std::ranges::fill(samples, 0.0);
    return;
  }
  const double range = limits.high - limits.low;
  for (double& sample : samples) {
    sample = (sample - limits.low) / range;
  }
}

}  // namespace dt4ecg::signal
