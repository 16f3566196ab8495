#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "simulate/condition.hpp"
#include "simulate/random.hpp"
#include "simulate/trace.hpp"

namespace dt4ecg::simulate {

// The noise of a recording in mV: mains hum, and the baseline wander, muscle noise and electrode
// motion of the noise stress test (Moody, Muldrow & Mark, Computers in Cardiology 11:381, 1984).
std::vector<double> noise(const Condition& condition, const Trace& lung_volume, std::size_t samples,
                          double sampling_rate, std::optional<double> mains_frequency,
                          Random& random);

}  // namespace dt4ecg::simulate
