#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "dt4ecg/signal/filter_design.hpp"

namespace dt4ecg::signal {

// Sections in series with their state: the causal filter, fed in chunks of any size. It starts in
// the steady state of its first sample, so that a constant offset of the recorder makes no
// transient.
class Cascade {
 public:
  explicit Cascade(const std::vector<Section>& sections);

  void filter(std::span<double> samples);  // in place
  void reset() { settled_ = false; }       // the next sample starts a new signal

 private:
  struct Stage {
    Section section;
    double state1, state2;  // transposed direct form II
  };
  void settle(double first_sample);

  std::vector<Stage> stages_;
  bool settled_ = false;
};

// Samples that zero-phase filtering adds to each end; SciPy's default. The signal must be longer.
std::size_t zero_phase_padding(const std::vector<Section>& sections);

// Forward and backward over the oddly extended signal, in place: scipy.signal.sosfiltfilt with its
// default padding.
void filter_zero_phase(const std::vector<Section>& sections, std::span<double> samples);

}  // namespace dt4ecg::signal
