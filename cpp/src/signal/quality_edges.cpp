#include <algorithm>
#include <cmath>

#include "dt4ecg/signal/samples.hpp"
#include "signal/quality_indices.hpp"

namespace dt4ecg::signal {
namespace {

constexpr double kShortestTop = 0.008;  // s
constexpr double kFlank = 0.01;         // s on both sides of a flat top
constexpr double kSteep = 0.1;          // of the range: how far a flank leaves the top
constexpr double kEdge = 0.004;         // s: no QRS complex rises in this time
constexpr double kLevel = 0.04;         // s on both sides of an edge

// The change from a run of equal samples to the farthest sample of a flank next to it.
double departure(std::span<const double> flank, double top) {
  double most = 0;
  for (const double sample : flank) {
    most = std::max(most, std::abs(sample - top));
  }
  return most;
}

// The height that is cut off the waves at one extreme, as triangles on the flanks would have it;
// the mean of at least two waves, or 0. A wave is cut off where a run of equal samples lies between
// two steep flanks. Other waves are round at their top, also with few bits.
double cut_height(std::span<const double> x, double extreme, double range, double rate) {
  const std::size_t shortest = samples_in(kShortestTop, rate, 2);
  const std::size_t width = samples_in(kFlank, rate);
  std::size_t waves = 0;
  double heights = 0;
  for (auto from = std::ranges::find(x, extreme); from != x.end();) {
    const auto to = std::find_if(from, x.end(), [&](double sample) { return sample != extreme; });
    const auto begin = static_cast<std::size_t>(from - x.begin());
    const auto end = static_cast<std::size_t>(to - x.begin());
    from = std::find(to, x.end(), extreme);
    if (end - begin < shortest || begin < width || x.size() - end < width) {
      continue;
    }
    const double rise = departure(x.subspan(begin - width, width), extreme);
    const double descent = departure(x.subspan(end, width), extreme);
    if (std::min(rise, descent) >= kSteep * range) {
      const auto half = static_cast<double>(end - begin) / 2;
      heights += (rise + descent) / 2 * half / static_cast<double>(width);
      ++waves;
    }
  }
  return waves < 2 ? 0 : heights / static_cast<double>(waves);
}

}  // namespace

void measure_clipping(std::span<const double> samples, const Limits& limits, double rate,
                      Quality& quality) {
  const double range = limits.high - limits.low;
  for (const double extreme : {limits.low, limits.high}) {
    const double height = cut_height(samples, extreme, range, rate);
    const double part = height / (height + range);
    if (part > quality.cut_off) {
      quality.cut_off = part;
      quality.rail = extreme;
    }
  }
}

double second_jump(std::span<const double> samples, const Limits& limits, double rate) {
  const std::size_t edge = samples_in(kEdge, rate), level = samples_in(kLevel, rate, 2);
  if (samples.size() < 2 * level + edge) {
    return 0;
  }
  Samples sums{0};
  for (const double sample : samples) {
    sums.push_back(sums.back() + (sample - limits.low));
  }
  Samples jumps(samples.size() - 2 * level - edge + 1);
  for (std::size_t i = 0; i < jumps.size(); ++i) {
    const std::size_t before = i + level, after = before + edge;
    const double change = sums[after + level] - sums[after] - sums[before] + sums[i];
    jumps[i] = std::min(std::abs(samples[after] - samples[before - 1]),
                        std::abs(change) / static_cast<double>(level));
  }
  const auto largest = static_cast<std::size_t>(std::ranges::max_element(jumps) - jumps.begin());
  double second = 0;
  for (std::size_t i = 0; i < jumps.size(); ++i) {
    if (i + level < largest || i > largest + level) {
      second = std::max(second, jumps[i]);
    }
  }
  return second / (limits.high - limits.low);
}

}  // namespace dt4ecg::signal
