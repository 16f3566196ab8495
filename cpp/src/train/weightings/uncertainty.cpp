#include "train/weightings/uncertainty.hpp"

#include <algorithm>
#include <cmath>

#include "train/weightings/memory_adam.hpp"

namespace dt4ecg::train {

namespace {

constexpr double kWidest = 20;

}  // namespace

Uncertainty::Uncertainty(double weight_rate)
    : weight_rate_(checked("uncertainty", "weight_rate", weight_rate, weight_rate >= 0,
                           "finite and at least 0 (1e-3 is the networks' own; 0 learns nothing)")) {
}

std::vector<float> Uncertainty::operator()(std::span<const double> losses, Gram,
                                           WeightingState& state) const {
  const std::vector<std::size_t> active = state.active();
  std::vector<double> gradients(state.classes.size());
  std::vector<double>& log_variance = state.remembered("log_variance", 0);
  for (const std::size_t i : active) {
    const double weight = std::exp(-log_variance[i]);
    gradients[i] = 0.5 - weight * losses[i];
    state.weights[i] = static_cast<float>(weight);
  }
  memory_adam_step(state, "log_variance", active, gradients, weight_rate_);
  for (double& s : log_variance) {
    s = std::clamp(s, -kWidest, kWidest);
  }
  ++state.step;
  return state.weights;
}

}  // namespace dt4ecg::train
