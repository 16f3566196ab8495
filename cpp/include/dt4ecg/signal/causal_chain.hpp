#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "dt4ecg/signal/filter.hpp"
#include "dt4ecg/signal/pipeline.hpp"
#include "dt4ecg/signal/resample.hpp"
#include "dt4ecg/signal/samples.hpp"

namespace dt4ecg::signal {

// The causal filters and the resampler of one lead. transform() with zero_phase = false pushes each
// piece once through it. With Settings::settle the notch comes first: the samples until it has
// settled are left out, and the high-pass starts in the steady state of their mean.
class CausalChain {
 public:
  explicit CausalChain(const Plan& plan);

  Samples push(std::span<const double> samples);
  // Writes or reads the state; reading throws InvalidArgument if it does not belong to the plan.
  void archive(StateArchive& archive);

 private:
  void leave_out_transient(Samples& samples);

  Cascade highpass_, notch_;
  bool notch_first_;
  std::size_t settling_, received_ = 0;  // samples to leave out, and those of them so far
  double sum_ = 0;                       // of the samples left out
  std::optional<Resampler> resampler_;
};

}  // namespace dt4ecg::signal
