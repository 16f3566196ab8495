#pragma once

#include <vector>

namespace dt4ecg::signal {

// A second-order section (b0 + b1/z + b2/z^2) / (1 + a1/z + a2/z^2). With b2 = a2 = 0 it is of
// first order.
struct Section {
  double b0, b1, b2, a1, a2;
};

inline constexpr int kMaximumOrder = 20;

// A Butterworth high-pass with -3 dB at `cutoff` Hz; its response is that of
// scipy.signal.butter(order, cutoff, "high"). `order` is 1 to kMaximumOrder.
std::vector<Section> design_highpass(double sampling_rate, double cutoff, int order);

// A notch of second order at `frequency` Hz whose -3 dB width is frequency / quality. Its
// coefficients are those of scipy.signal.iirnotch.
std::vector<Section> design_notch(double sampling_rate, double frequency, double quality);

}  // namespace dt4ecg::signal
