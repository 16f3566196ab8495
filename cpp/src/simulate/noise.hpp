#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "simulate/condition.hpp"
#include "simulate/random.hpp"
#include "simulate/trace.hpp"

namespace dt4ecg::simulate {

// Everything in mV that is not heart: the baseline wander, muscle and electrode motion of the noise
// stress test (Moody, Muldrow & Mark, Computers in Cardiology 11:381, 1984), and mains.
std::vector<double> noise(const Condition& condition, const Trace& lung_volume, std::size_t samples,
                          double sampling_rate, std::optional<double> mains_frequency,
                          Random& random);

}  // namespace dt4ecg::simulate
