#pragma once

#include <span>

namespace dt4ecg::signal {

// The range of a lead that scale_to_unit() maps to [0, 1], such as its lowest and highest sample.
struct Limits {
  double low, high;
};

// The lowest and highest of at least one sample.
Limits find_limits(std::span<const double> samples);
// The mean, and the mean plus one standard deviation: scaling these to [0, 1] gives z-scores.
Limits find_z_score_limits(std::span<const double> samples);
// The smallest range that contains both.
Limits merge(const Limits& a, const Limits& b);

// Whether the range is at most 1e-12 of the level, which is rounding and not signal.
bool is_flat(const Limits& limits);

// Maps `limits` to [0, 1] in place; samples outside the limits fall outside [0, 1]. If the limits
// are flat, every sample becomes 0.
void scale_to_unit(std::span<double> samples, const Limits& limits);

}  // namespace dt4ecg::signal
