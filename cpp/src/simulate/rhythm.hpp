#pragma once

#include <vector>

#include "simulate/condition.hpp"
#include "simulate/person.hpp"
#include "simulate/random.hpp"
#include "simulate/trace.hpp"

namespace dt4ecg::simulate {

// Litres of air above the end of expiration, breath by breath.
Trace breathe(const Condition& condition, double seconds, Random& random);

// Heart rate in beats/min: recovery, bands at 0.1 Hz and below, and respiratory sinus arrhythmia
// that follows the breaths of `lung_volume`: in proportion to their depth, through a first-order
// low-pass (Hirsch & Bishop, Am J Physiol 241:H620, 1981).
Trace heart_rate(const Person& person, const Condition& condition, const Trace& lung_volume,
                 double seconds, Random& random);

// Times of the R peaks in s, those of the lead-in and lead-out included, by integral pulse
// frequency modulation (Mateo & Laguna, IEEE Trans Biomed Eng 47:985, 2000).
std::vector<double> beats(const Trace& heart_rate, Random& random);

}  // namespace dt4ecg::simulate
