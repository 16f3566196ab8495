#include "train/weightings/memory_adam.hpp"

#include <cmath>

namespace dt4ecg::train {

void memory_adam_step(WeightingState& state, const std::string& name,
                      const std::vector<std::size_t>& tasks, const std::vector<double>& gradients,
                      double learning_rate) {
  std::vector<double>& values = state.remembered(name, 0);
  std::vector<double>& mean = state.remembered(name + ".mean", 0);
  std::vector<double>& square = state.remembered(name + ".square", 0);
  std::vector<double>& steps = state.remembered(name + ".steps", 0);
  for (const std::size_t i : tasks) {
    steps[i] += 1;
    mean[i] = 0.9 * mean[i] + 0.1 * gradients[i];
    square[i] = 0.999 * square[i] + 0.001 * gradients[i] * gradients[i];
    const double first = mean[i] / (1 - std::pow(0.9, steps[i]));
    const double second = square[i] / (1 - std::pow(0.999, steps[i]));
    values[i] -= learning_rate * first / (std::sqrt(second) + 1e-8);
  }
}

}  // namespace dt4ecg::train
