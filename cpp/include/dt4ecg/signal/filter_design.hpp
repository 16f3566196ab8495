#pragma once

#include <vector>

namespace dt4ecg::signal {

// A second-order section, (b0 + b1/z + b2/z^2) / (1 + a1/z + a2/z^2); b2 = a2 = 0 makes it
// first-order.
struct Section {
  double b0, b1, b2, a1, a2;
};

inline constexpr int kMaximumOrder = 20;

// Butterworth high-pass, -3 dB at `cutoff` Hz; the response of scipy.signal.butter(order, cutoff,
// "high").
std::vector<Section> design_highpass(double sampling_rate, double cutoff, int order);

// Second-order notch of -3 dB width frequency / quality; the coefficients of scipy.signal.iirnotch.
std::vector<Section> design_notch(double sampling_rate, double frequency, double quality);

}  // namespace dt4ecg::signal
