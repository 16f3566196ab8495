#include "dt4ecg/signal/classical_quality.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "base/error.hpp"
#include "dt4ecg/signal/beats.hpp"
#include "dt4ecg/signal/normalize.hpp"
#include "signal/curve_length.hpp"

namespace dt4ecg::signal {
namespace {

constexpr double kLeastSeconds = 2;
constexpr double kAgreement = 0.15;  // s

// Sums of the periodogram with Hann's window, which is scipy.signal.periodogram(window="hann").
struct Powers {
  double baseline = 0, low = 0, qrs = 0, from_qrs = 0;  // up to 1 and 40 Hz, 5-15 and 5-40 Hz
};

Powers powers_of(std::span<const double> centred, double rate) {
  const auto count = static_cast<double>(centred.size());
  std::vector<double> windowed(centred.size());
  for (std::size_t i = 0; i < centred.size(); ++i) {
    const double phase = 2 * std::numbers::pi * static_cast<double>(i) / count;
    windowed[i] = centred[i] * (0.5 - 0.5 * std::cos(phase));
  }
  Powers powers;
  for (int bin = 0; bin * rate / count <= 40; ++bin) {
    // Goertzel's recurrence
    const double factor = 2 * std::cos(2 * std::numbers::pi * bin / count);
    double last = 0, before = 0;
    for (const double sample : windowed) {
      const double next = sample + factor * last - before;
      before = last;
      last = next;
    }
    const bool single = bin == 0 || 2 * bin == static_cast<int>(centred.size());
    const double power =
        (single ? 1 : 2) * (last * last + before * before - factor * last * before);
    const double frequency = bin * rate / count;
    powers.low += power;
    powers.baseline += frequency <= 1 ? power : 0;
    powers.from_qrs += frequency >= 5 ? power : 0;
    powers.qrs += frequency >= 5 && frequency <= 15 ? power : 0;
  }
  return powers;
}

// Beats that both lists have, divided by the beats of either.
double agreement(const std::vector<int64_t>& first, const std::vector<int64_t>& second,
                 double rate) {
  const auto tolerance = static_cast<int64_t>(kAgreement * rate);
  std::size_t i = 0, j = 0, common = 0;
  while (i < first.size() && j < second.size()) {
    if (std::abs(first[i] - second[j]) <= tolerance) {
      ++common, ++i, ++j;
    } else if (first[i] < second[j]) {
      ++i;
    } else {
      ++j;
    }
  }
  const std::size_t either = first.size() + second.size() - common;
  return either == 0 ? 0 : static_cast<double>(common) / static_cast<double>(either);
}

double quantile(const std::vector<double>& sorted, double part) {
  return sorted[static_cast<std::size_t>(
      std::llround(part * static_cast<double>(sorted.size() - 1)))];
}

}  // namespace

ClassicalQuality assess_classically(std::span<const double> samples, double rate) {
  BeatFinder finder(rate);  // refuses an illegal rate
  require(static_cast<double>(samples.size()) >= kLeastSeconds * rate, "quality", "samples",
          "the classical indices need at least ", kLeastSeconds, " s, got ", samples.size(),
          " samples at ", rate, " Hz");
  ClassicalQuality found;
  if (is_flat(find_limits(samples))) {
    return found;
  }
  const auto count = static_cast<double>(samples.size());
  double mean = 0;
  for (const double sample : samples) {
    mean += sample / count;
  }
  std::vector<double> centred(samples.begin(), samples.end());
  double second = 0;
  for (double& sample : centred) {
    sample -= mean;
    second += sample * sample / count;
  }
  const double deviation = std::sqrt(second);
  for (double& sample : centred) {
    const double z = sample /= deviation;
    found.s_sqi += z * z * z / count;
    found.k_sqi += z * z * z * z / count;
  }
  const Powers powers = powers_of(centred, rate);
  found.p_sqi = powers.from_qrs > 0 ? powers.qrs / powers.from_qrs : 0;
  found.bas_sqi = powers.low > 0 ? 1 - powers.baseline / powers.low : 1;
  std::vector<int64_t> beats = finder.push(samples);
  const std::vector<int64_t> rest = finder.finish();
  beats.insert(beats.end(), rest.begin(), rest.end());
  found.b_sqi = agreement(beats, find_by_curve_length(samples, rate), rate);
  std::ranges::sort(centred);
  found.amplitude = (quantile(centred, 0.99) - quantile(centred, 0.01)) * deviation;
  return found;
}

}  // namespace dt4ecg::signal
