#pragma once

#include <string>

#include "dt4ecg/train/weighting.hpp"

namespace dt4ecg::train {

// A step of Adam (PyTorch's defaults) on state.remembered(name), one number per task, against the
// gradients of some tasks; the numbers and moments of the others are left alone.
void memory_adam_step(WeightingState& state, const std::string& name,
                      const std::vector<size_t>& tasks, const std::vector<double>& gradients,
                      double learning_rate);

}  // namespace dt4ecg::train
