#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "dt4ecg/signal/filter_design.hpp"

namespace dt4ecg::signal {

// How zero-phase filtering continues a signal beyond its ends.
enum class Padding {
  scipy,    // as scipy.signal.sosfiltfilt by default: a few samples, turned about the last one
  settling  // mirrored, for as long as the filter needs to settle; a notch's hum goes on
};

// The number of samples after which a transient of the filter has fallen to `remainder`, a fraction
// of its first value.
double steps_until(const std::vector<Section>& sections, double remainder);

// The number of samples after which a transient has fallen to 1 %.
std::size_t settling_samples(const std::vector<Section>& sections);

// SciPy's default number of samples at each end. The signal must be longer than that.
std::size_t scipy_padding(const std::vector<Section>& sections);

// The samples before a signal and after it, in order of time.
struct Extension {
  std::vector<double> head, tail;
};

// Padding::scipy: the odd extension. Throws InvalidArgument if the signal is too short.
// Padding::settling: settling_samples() at each end, or as many as the signal has. At the frequency
// that a notch removes, a sinusoid is fitted to the samples near each end and continued without a
// jump of phase, because a jump would pass the notch.
Extension extend(std::span<const double> samples, const std::vector<Section>& sections,
                 Padding padding);

}  // namespace dt4ecg::signal
