#include <algorithm>
#include <cmath>
#include <vector>

#include "dt4ecg/signal/normalize.hpp"
#include "dt4ecg/signal/samples.hpp"
#include "signal/quality_indices.hpp"

namespace dt4ecg::signal {
namespace {

constexpr double kRate = 100;          // Hz: the indices are computed at about this rate
constexpr double kBandSeconds = 0.03;  // the QRS band has its maximum at 1 / (2 * this), 17 Hz
constexpr double kLowestPeak = 0.45;   // of the highest
constexpr double kRefractory = 0.25;   // s between peaks: 240 beats per minute
constexpr std::size_t kMostPeaks = 16;
constexpr double kBeatSeconds = 0.15;  // a beat is this long on both sides of its peak
constexpr double kQrsSeconds = 0.07;   // and its QRS complex this long
constexpr double kSingleBeatSimilarity = 0.4;

double mean_of(std::span<const double> x) {
  double sum = 0;
  for (const double sample : x) {
    sum += sample;
  }
  return sum / static_cast<double>(x.size());
}

double power_of(std::span<const double> x) {
  const double mean = mean_of(x);
  double sum = 0;
  for (const double sample : x) {
    sum += (sample - mean) * (sample - mean);
  }
  return sum / static_cast<double>(x.size());
}

// Means of blocks of `block` samples, minus the mean of all.
Samples reduce(std::span<const double> x, std::size_t block) {
  Samples reduced(x.size() / block);
  for (std::size_t i = 0; i < reduced.size(); ++i) {
    reduced[i] = mean_of(x.subspan(i * block, block));
  }
  const double mean = mean_of(reduced);
  for (double& sample : reduced) {
    sample -= mean;
  }
  return reduced;
}

Samples moving_average(std::span<const double> x, std::size_t width) {
  Samples averages(x.size() - width + 1);
  for (std::size_t i = 0; i < averages.size(); ++i) {
    averages[i] = mean_of(x.subspan(i, width));
  }
  return averages;
}

// x(t) minus the mean of x(t - gap) and x(t + gap).
Samples second_difference(std::span<const double> x, std::size_t gap) {
  Samples difference(x.size() - 2 * gap);
  for (std::size_t i = 0; i < difference.size(); ++i) {
    difference[i] = x[i + gap] - (x[i] + x[i + 2 * gap]) / 2;
  }
  return difference;
}

// The positions of the highest magnitudes, in time order.
std::vector<std::size_t> find_peaks(std::span<const double> band, std::size_t refractory) {
  Samples left(band.size());
  std::ranges::transform(band, left.begin(), [](double sample) { return std::abs(sample); });
  const double lowest = kLowestPeak * std::ranges::max(left);
  std::vector<std::size_t> peaks;
  while (peaks.size() < kMostPeaks) {
    const auto highest = std::ranges::max_element(left);
    if (*highest < lowest) {
      break;
    }
    const auto at = static_cast<std::size_t>(highest - left.begin());
    peaks.push_back(at);
    const auto begin = at > refractory ? at - refractory : 0;
    const auto end = std::min(at + refractory + 1, left.size());
    std::fill(left.begin() + static_cast<std::ptrdiff_t>(begin),
              left.begin() + static_cast<std::ptrdiff_t>(end), -1.0);
  }
  std::ranges::sort(peaks);
  return peaks;
}

// The mean over all pairs of beats of their correlation. Beats have mean 0 and norm 1.
double mean_correlation(const std::vector<Samples>& beats) {
  double sum = 0;
  std::size_t pairs = 0;
  for (std::size_t i = 0; i < beats.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j, ++pairs) {
      for (std::size_t t = 0; t < beats[i].size(); ++t) {
        sum += beats[i][t] * beats[j][t];
      }
    }
  }
  return pairs == 0 ? kSingleBeatSimilarity : sum / static_cast<double>(pairs);
}

// How far the level after the QRS complex differs from that before it, compared with the height.
double level_change(std::span<const double> beat, std::size_t flank) {
  const Limits limits = find_limits(beat);
  return std::abs(mean_of(beat.first(flank)) - mean_of(beat.last(flank))) /
         (limits.high - limits.low);
}

void normalize(std::span<double> beat) {
  const double mean = mean_of(beat);
  double square = 0;
  for (double& sample : beat) {
    sample -= mean;
    square += sample * sample;
  }
  for (double& sample : beat) {
    sample /= std::sqrt(square);
  }
}

}  // namespace

bool measure_beats(std::span<const double> segment, double rate, Quality& quality) {
  const auto block = static_cast<std::size_t>(std::max(1.0, std::round(rate / kRate)));
  rate /= static_cast<double>(block);
  const std::size_t gap = samples_in(kBandSeconds, rate);
  const std::size_t half = samples_in(kBeatSeconds, rate);
  if (segment.size() / block < 3 * gap + 2 * half + 1 || is_flat(find_limits(segment))) {
    return false;
  }
  const Samples reduced = reduce(segment, block);
  const Samples smooth = moving_average(reduced, gap);
  const Samples band = second_difference(smooth, gap);
  const double power = power_of(reduced), band_power = power_of(band);
  if (band_power <= 1e-24 * power) {  // rounding
    return false;
  }
  const double mean = mean_of(band), deviation = std::sqrt(band_power);
  double third = 0, fourth = 0;
  for (const double sample : band) {
    const double z = (sample - mean) / deviation;
    third += z * z * z;
    fourth += z * z * z * z;
  }
  quality.skewness = third / static_cast<double>(band.size());
  quality.kurtosis = fourth / static_cast<double>(band.size());
  quality.qrs_share = band_power / power;
  quality.noise = power_of(second_difference(reduced, 1)) / band_power;

  const std::size_t flank = half - std::min(half - 1, samples_in(kQrsSeconds, rate));
  const auto peaks = find_peaks(band, samples_in(kRefractory, rate));
  std::vector<Samples> beats;
  double steps = 0;
  for (const std::size_t peak : peaks) {
    const std::size_t centre = peak + gap;
    if (centre < half || centre + half >= smooth.size()) {
      continue;
    }
    const auto beat = std::span(smooth).subspan(centre - half, 2 * half + 1);
    if (is_flat(find_limits(beat))) {
      continue;
    }
    steps += level_change(beat, flank);
    normalize(beats.emplace_back(beat.begin(), beat.end()));
  }
  quality.beats = static_cast<double>(peaks.size());
  quality.similarity = mean_correlation(beats);
  quality.step = beats.empty() ? 0.5 : steps / static_cast<double>(beats.size());
  return true;
}

}  // namespace dt4ecg::signal
