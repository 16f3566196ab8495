#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "dt4ecg/train/model.hpp"
#include "dt4ecg/train/weighting.hpp"

namespace dt4ecg::train {

// Restores the buffers, the random numbers and the weighting when it is destroyed, unless keep()
// was called. A step that is skipped, or that an exception ends (Ctrl-C in a Python module),
// therefore leaves no trace.
class StepGuard {
 public:
  StepGuard(Model& model, WeightingState& weighting);
  ~StepGuard();
  StepGuard(const StepGuard&) = delete;
  StepGuard& operator=(const StepGuard&) = delete;
  void keep() { kept_ = true; }

 private:
  void restore_buffer(std::size_t index) noexcept;

  Model& model_;
  WeightingState& weighting_;
  WeightingState weighting_before_;
  std::vector<at::Tensor> buffers_;
  at::Tensor random_state_;
  bool kept_ = false;
};

}  // namespace dt4ecg::train
