#pragma once

#include <cstddef>
#include <vector>

#include "simulate/random.hpp"

namespace dt4ecg::simulate {

// A slow signal such as breathing, autonomic tone or baseline. It has a sampling rate of its own,
// so that the heart beats of a person do not depend on the recorder's sampling rate.
struct Trace {
  static constexpr double kRate = 50;  // Hz
  static constexpr double kLeadIn =
      20;  // s simulated before the recording, so that initial values fade
  static constexpr double kLeadOut = 2;  // s after it, so that the last beats have successors

  std::vector<double> values;  // the first is at -kLeadIn

  explicit Trace(double seconds);  // all values 0
  double at(double time) const;    // linear between values, constant outside
  double time(std::size_t index) const { return static_cast<double>(index) / kRate - kLeadIn; }
};

// A power spectrum of `lines` sinusoids with random phase between two frequencies in Hz.
struct Band {
  double low, high;
  double centre, width;  // Gaussian in power, as in ECGSYN (McSharry et al. 2003, Eq. 2)
  int lines;
};

// Adds a stationary process with this spectrum and a root mean square of `rms`.
void add_process(Trace& trace, const Band& band, double rms, Random& random);

}  // namespace dt4ecg::simulate
