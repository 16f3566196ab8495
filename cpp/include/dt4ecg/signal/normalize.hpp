#pragma once

#include <span>

namespace dt4ecg::signal {

// Smallest and largest sample of a lead.
struct Limits {
  double low, high;
};

Limits find_limits(std::span<const double> samples);  // at least one sample
// From the mean to one standard deviation above it: scaled to [0, 1], a segment's z-scores.
Limits find_deviation(std::span<const double> samples);
Limits merge(const Limits& a, const Limits& b);

// A range below 1e-12 of the level is rounding, not signal.
bool is_flat(const Limits& limits);

// Scales `limits` to [0, 1] in place; samples outside them leave [0, 1]. Flat limits make every
// sample 0.
void scale_to_unit(std::span<double> samples, const Limits& limits);

}  // namespace dt4ecg::signal
