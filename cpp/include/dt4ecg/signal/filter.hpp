#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "dt4ecg/signal/filter_design.hpp"
#include "dt4ecg/signal/for_each.hpp"
#include "dt4ecg/signal/padding.hpp"

namespace dt4ecg::signal {

class StateArchive;

// Sections in series with their state: a causal filter that takes a signal in chunks of any size.
// It starts in the steady state of the first sample, so that a constant offset of the recorder
// causes no transient.
class Cascade {
 public:
  explicit Cascade(const std::vector<Section>& sections);

  // The state of one section in transposed direct form II.
  struct State {
    double state1, state2;
  };

  void filter(std::span<double> samples);  // in place
  void reset() { settled_ = false; }       // the next sample starts a new signal

  // Takes the steady state of a constant signal of this level, unless a signal has begun.
  void settle_once(double level);
  void archive(StateArchive& archive);
  const std::vector<Section>& sections() const { return sections_; }
  std::span<State> states() { return states_; }

 private:
  std::vector<Section> sections_;
  std::vector<State> states_;
  bool settled_ = false;
};

// A signal and the sections that filter it. All rows of one call have the same number of sections.
struct Row {
  const std::vector<Section>* sections;
  std::span<double> samples;
};

// Filters each row in place with a cascade of its own.
void filter_causal(std::span<const Row> rows, const ForEach& for_each = serial_for_each);

// Filters each row in place, forward and backward, after an extension of both ends. With
// Padding::scipy the result is that of scipy.signal.sosfiltfilt. A row much longer than the memory
// of its filter is cut into strips that are filtered at the same time. Each strip first runs over
// samples before it, until its state has the value of an uncut row in double precision.
void filter_zero_phase(std::span<const Row> rows, Padding padding = Padding::scipy,
                       const ForEach& for_each = serial_for_each);

}  // namespace dt4ecg::signal
