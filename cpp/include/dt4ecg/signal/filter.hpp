#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "dt4ecg/signal/filter_design.hpp"
#include "dt4ecg/signal/for_each.hpp"

namespace dt4ecg::signal {

// Sections in series with their state: the causal filter, fed in chunks of any size. It starts in
// the steady state of its first sample, so that a constant offset of the recorder makes no
// transient.
class Cascade {
 public:
  explicit Cascade(const std::vector<Section>& sections);

  // Of a section, in transposed direct form II.
  struct State {
    double state1, state2;
  };

  void filter(std::span<double> samples);  // in place
  void reset() { settled_ = false; }       // the next sample starts a new signal

  void settle_once(double first_sample);  // in its steady state, unless a signal has begun
  const std::vector<Section>& sections() const { return sections_; }
  std::span<State> states() { return states_; }

 private:
  std::vector<Section> sections_;
  std::vector<State> states_;
  bool settled_ = false;
};

// A signal and the sections it goes through; all rows of a call have as many sections.
struct Row {
  const std::vector<Section>* sections;
  std::span<double> samples;
};

// Each row through a cascade of its own, in place.
void filter_causal(std::span<const Row> rows, const ForEach& for_each = one_after_another);

// Samples that zero-phase filtering adds to each end; SciPy's default. The signal must be longer.
std::size_t zero_phase_padding(const std::vector<Section>& sections);

// Forward and backward over each oddly extended row, in place: scipy.signal.sosfiltfilt with its
// default padding. A row much longer than the filters remember is cut into strips, each with a
// warm-up after which nothing in double precision tells it from the whole.
void filter_zero_phase(std::span<const Row> rows, const ForEach& for_each = one_after_another);

}  // namespace dt4ecg::signal
