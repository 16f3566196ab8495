#pragma once

#include <cstddef>
#include <vector>

#include "simulate/random.hpp"

namespace dt4ecg::simulate {

// A slow course (breathing, autonomic tone, baseline) at a rate of its own, so that a person's
// heart beats alike whatever the recorder's sampling rate.
struct Trace {
  static constexpr double kRate = 50;    // Hz
  static constexpr double kLeadIn = 20;  // s simulated before the recording, so that memory fades
  static constexpr double kLeadOut = 2;  // s after it, so that the last beats have neighbours

  std::vector<double> values;  // the first lies at -kLeadIn

  explicit Trace(double seconds);  // zeros
  double at(double time) const;    // linear between values, constant beyond the ends
  double time(std::size_t index) const { return static_cast<double>(index) / kRate - kLeadIn; }
};

// A power spectrum: `lines` sinusoids of random phase between two frequencies (Hz).
struct Band {
  double low, high;
  double centre, width;  // Gaussian in power, as in ECGSYN (McSharry et al. 2003, Eq. 2)
  int lines;
};

// Adds a stationary process with that spectrum and root-mean-square `rms`.
void add_process(Trace& trace, const Band& band, double rms, Random& random);

}  // namespace dt4ecg::simulate
