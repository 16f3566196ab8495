#pragma once

#include <string>

#include "dt4ecg/train/weighting.hpp"

namespace dt4ecg::train {

// One step of Adam (with PyTorch's defaults) on state.remembered(name), which has one number per
// task. Only the numbers and moments of the given tasks change.
void memory_adam_step(WeightingState& state, const std::string& name,
                      const std::vector<std::size_t>& tasks, const std::vector<double>& gradients,
                      double learning_rate);

}  // namespace dt4ecg::train
