#include "dt4ecg/signal/quality.hpp"

#include <algorithm>
#include <cmath>

#include "signal/quality_indices.hpp"

namespace dt4ecg::signal {
namespace {

constexpr double kShortestSeconds = 1.5;  // 40 beats per minute

// From these values on, a segment is unusable whatever its score would be.
constexpr double kMostFlat = 0.5, kMostClipped = 0.2, kMostSpike = 0.6, kMostJump = 0.78;
constexpr double kMostCutOff = 0.3;

// The logistic regression that benchmarks/quality.py fits to training parts.
double log_odds(const Quality& q) {
  return -16.7 + 10.8 * std::min(std::log(q.kurtosis), 2.2) + 6.0 * std::max(q.similarity, -0.5) -
         2.0 * q.step + 6.0 * std::log10(std::max(q.qrs_share, 0.003)) -
         2.0 * std::log10(std::max(q.noise, 0.03));
}

}  // namespace

Quality assess(std::span<const double> recorded, double sampling_rate,
               std::span<const double> filtered, double rate) {
  Quality quality;
  measure_recorded(recorded, sampling_rate, quality);
  const bool dead = quality.flat >= kMostFlat || quality.clipped >= kMostClipped ||
                    quality.cut_off >= kMostCutOff || quality.spike >= kMostSpike ||
                    quality.jump >= kMostJump;
  const bool too_short = static_cast<double>(filtered.size()) < kShortestSeconds * rate;
  const bool varies = measure_beats(filtered, rate, quality);
  if (dead || !varies) {
    return quality;
  }
  quality.score = too_short ? 1 : 1 / (1 + std::exp(-log_odds(quality)));
  return quality;
}

}  // namespace dt4ecg::signal
