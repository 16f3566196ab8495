#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "dt4ecg/signal/normalize.hpp"
#include "dt4ecg/signal/samples.hpp"
#include "signal/quality_indices.hpp"

namespace dt4ecg::signal {
namespace {

// The number of samples in runs of at least `shortest` samples for which holds(i) is true.
template <class Holds>
std::size_t count_in_runs(std::size_t count, std::size_t shortest, Holds holds) {
  std::size_t total = 0, run = 0;
  for (std::size_t i = 0; i <= count; ++i) {
    if (i < count && holds(i)) {
      ++run;
      continue;
    }
    total += run >= shortest ? run : 0;
    run = 0;
  }
  return total;
}

double share(std::size_t part, std::size_t whole) {
  return std::min(1.0, static_cast<double>(part) / static_cast<double>(whole));
}

// A line of n samples has n - 2 second differences of 0. The tolerance is the rounding of a line
// between two samples.
double flat_share(std::span<const double> x, double range, double level, double rate) {
  if (x.size() < 3) {
    return 0;
  }
  const double tolerance = 1e-9 * range + 1e-15 * level;
  const std::size_t shortest = samples_in(0.1, rate, 3);
  const std::size_t on_lines = count_in_runs(x.size() - 2, shortest, [&](std::size_t i) {
    return std::abs(x[i + 2] - 2 * x[i + 1] + x[i]) <= tolerance;
  });
  return on_lines == 0 ? 0 : share(on_lines + 2, x.size());
}

double clipped_share(std::span<const double> x, const Limits& limits, double rate) {
  const std::size_t shortest = samples_in(0.01, rate, 3);
  std::size_t clipped = 0;
  for (const double extreme : {limits.low, limits.high}) {
    clipped += count_in_runs(x.size(), shortest, [&](std::size_t i) { return x[i] == extreme; });
  }
  return share(clipped, x.size());
}

// The range that vanishes without the 20 ms around the sample that is farthest from the median. The
// flanks of a QRS complex are wider, so that a QRS complex alone gives less than 0.5.
double spike_share(std::span<const double> x, double range, double rate) {
  Samples sorted(x.begin(), x.end());
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::ranges::nth_element(sorted, middle);
  const double median = *middle;
  const auto farthest =
      std::ranges::max_element(x, {}, [&](double sample) { return std::abs(sample - median); });
  const auto at = static_cast<std::size_t>(farthest - x.begin());
  const std::size_t half = samples_in(0.01, rate, 1);
  const auto before = x.first(at > half ? at - half : 0);
  const auto after = x.subspan(std::min(at + half + 1, x.size()));
  if (before.empty() && after.empty()) {
    return 0;
  }
  const Limits rest = before.empty()  ? find_limits(after)
                      : after.empty() ? find_limits(before)
                                      : merge(find_limits(before), find_limits(after));
  return 1 - (rest.high - rest.low) / range;
}

// Hann's window keeps the mains apart from the ECG. In 3 s, a deviation of 0.1 Hz costs a tenth of
// the share.
double mains_share(std::span<const double> x, double rate) {
  constexpr std::array kMains{50.0, 60.0};
  constexpr int kHarmonics = 3;
  const auto count = static_cast<double>(x.size());
  Samples window(x.size());
  double weight = 0, mean = 0, power = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double position = (static_cast<double>(i) + 0.5) / count;
    window[i] = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * position);
    weight += window[i];
    mean += window[i] * x[i];
  }
  mean /= weight;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double sample = x[i] - mean;
    power += window[i] * sample * sample;
    window[i] *= sample;
  }
  double most = 0;
  for (const double mains : kMains) {
    double found = 0;
    for (int harmonic = 1; harmonic <= kHarmonics && harmonic * mains < rate / 2; ++harmonic) {
      // Goertzel's recurrence
      const double factor = 2 * std::cos(2 * std::numbers::pi * harmonic * mains / rate);
      double last = 0, before = 0;
      for (const double sample : window) {
        const double next = sample + factor * last - before;
        before = last;
        last = next;
      }
      found += last * last + before * before - factor * last * before;
    }
    most = std::max(most, 2 * found / (weight * power));
  }
  return std::min(most, 1.0);
}

}  // namespace

void measure_recorded(std::span<const double> samples, double sampling_rate, Quality& quality) {
  const Limits limits = find_limits(samples);
  if (is_flat(limits)) {
    quality.flat = 1;
    return;
  }
  const double range = limits.high - limits.low;
  const double level = std::max(std::abs(limits.low), std::abs(limits.high));
  quality.flat = flat_share(samples, range, level, sampling_rate);
  quality.clipped = clipped_share(samples, limits, sampling_rate);
  measure_clipping(samples, limits, sampling_rate, quality);
  quality.spike = spike_share(samples, range, sampling_rate);
  quality.jump = second_jump(samples, limits, sampling_rate);
  quality.mains = mains_share(samples, sampling_rate);
}

}  // namespace dt4ecg::signal
