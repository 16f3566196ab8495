#pragma once

#include <algorithm>
#include <cmath>
#include <span>

#include "dt4ecg/signal/normalize.hpp"
#include "dt4ecg/signal/quality.hpp"

namespace dt4ecg::signal {

// `seconds` in samples, at least `least`.
inline std::size_t samples_in(double seconds, double rate, std::size_t least = 1) {
  return std::max(least, static_cast<std::size_t>(std::llround(seconds * rate)));
}

// Sets the indices of the recorder's samples, flat to mains.
void measure_recorded(std::span<const double> samples, double sampling_rate, Quality& quality);

// Sets cut_off and rail. The limits are those of the samples, and differ.
void measure_clipping(std::span<const double> samples, const Limits& limits, double rate,
                      Quality& quality);

// Quality::jump. The limits are those of the samples, and differ.
double second_jump(std::span<const double> samples, const Limits& limits, double rate);

// Sets the indices of the filtered segment, beats to noise. Returns false, and leaves them 0, if
// the segment has no variation or is too short.
bool measure_beats(std::span<const double> segment, double rate, Quality& quality);

}  // namespace dt4ecg::signal
