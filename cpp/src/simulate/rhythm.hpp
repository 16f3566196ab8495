#pragma once

#include <vector>

#include "simulate/condition.hpp"
#include "simulate/person.hpp"
#include "simulate/random.hpp"
#include "simulate/trace.hpp"

namespace dt4ecg::simulate {

// The lung volume in litres above the end of expiration, with a random length and depth per breath.
Trace breathe(const Condition& condition, double seconds, Random& random);

// The heart rate in beats/min. It consists of the recovery from exercise, slow rhythms at 0.1 Hz
// and below, and respiratory sinus arrhythmia. The arrhythmia is `lung_volume` after a first-order
// low-pass (Hirsch & Bishop, Am J Physiol 241:H620, 1981).
Trace heart_rate(const Person& person, const Condition& condition, const Trace& lung_volume,
                 double seconds, Random& random);

// The times of the R peaks in s, including those of the lead-in and the lead-out. They come from
// the heart rate by integral pulse frequency modulation (Mateo & Laguna, IEEE Trans Biomed Eng
// 47:985, 2000).
std::vector<double> beats(const Trace& heart_rate, Random& random);

}  // namespace dt4ecg::simulate
