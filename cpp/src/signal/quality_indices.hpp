#pragma once

#include <span>

#include "dt4ecg/signal/quality.hpp"

namespace dt4ecg::signal {

// Sets the indices of the recorder's samples, flat to mains.
void measure_recorded(std::span<const double> samples, double sampling_rate, Quality& quality);

// Sets the indices of the filtered segment, beats to noise. Returns false, and leaves them 0, if
// the segment has no variation or is too short.
bool measure_beats(std::span<const double> segment, double rate, Quality& quality);

}  // namespace dt4ecg::signal
