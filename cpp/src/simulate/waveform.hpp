#pragma once

#include <cstddef>
#include <vector>

#include "simulate/condition.hpp"
#include "simulate/person.hpp"
#include "simulate/trace.hpp"

namespace dt4ecg::simulate {

// The noiseless lead in mV: the closed form of the dynamical model of McSharry et al. 2003 (Eq. 1),
// a Gaussian per wave on the phase of the cycle. Phase 2 pi offset / RR is written as time after R;
// T and U move with the cube root of RR (Fridericia), of which they remember the last minute (Razak
// et al., Ann Noninvasive Electrocardiol 16:148, 2011). Posture and lungs turn and damp the heart's
// vectors; no two beats are quite alike.
std::vector<double> waveform(const Person& person, const Condition& condition,
                             const std::vector<double>& beats, const Trace& lung_volume,
                             std::size_t samples, double sampling_rate, Random& random);

}  // namespace dt4ecg::simulate
