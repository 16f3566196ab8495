#pragma once

#include <cstddef>
#include <vector>

#include "simulate/condition.hpp"
#include "simulate/person.hpp"
#include "simulate/trace.hpp"

namespace dt4ecg::simulate {

// One lead in mV without noise: the closed form of the dynamical model of McSharry et al. 2003
// (Eq. 1), a Gaussian per wave of each beat. A phase of 2 pi offset / RR is given as time after R.
// T and U move with the cube root of RR (Fridericia), averaged over the last minute (Razak et al.,
// Ann Noninvasive Electrocardiol 16:148, 2011). Posture and lungs rotate and attenuate the heart's
// vectors, and each beat differs a little from the others.
std::vector<double> waveform(const Person& person, const Condition& condition,
                             const std::vector<double>& beats, const Trace& lung_volume,
                             std::size_t samples, double sampling_rate, Random& random);

}  // namespace dt4ecg::simulate
