#pragma once

#include <span>

namespace dt4ecg::signal {

// The signal quality indices of Clifford, Li and others for the recorder's samples of one lead.
// docs/quality.md has the equations. All are 0 for a constant signal, but bas_sqi, which is 1.
struct ClassicalQuality {
  double k_sqi = 0;      // kurtosis; 3 for normal noise
  double s_sqi = 0;      // skewness
  double p_sqi = 0;      // power at 5 to 15 Hz divided by that at 5 to 40 Hz
  double bas_sqi = 1;    // 1 - power up to 1 Hz divided by that up to 40 Hz
  double b_sqi = 0;      // share of beats on which two detectors agree, within 150 ms
  double amplitude = 0;  // distance between the 1 % and the 99 % quantile, in the samples' unit

  bool operator==(const ClassicalQuality&) const = default;
};

// Throws InvalidArgument if the rate is below 80 Hz or there are fewer samples than those of 2 s.
ClassicalQuality assess_classically(std::span<const double> samples, double sampling_rate);

}  // namespace dt4ecg::signal
