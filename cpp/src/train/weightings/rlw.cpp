#include "train/weightings/rlw.hpp"

#include "train/random.hpp"

namespace dt4ecg::train {

std::vector<float> RLW::operator()(std::span<const double>, Gram, WeightingState& state) const {
  const std::vector<std::size_t> active = state.active();
  StepRandom random(seed_, state.step++);
  std::vector<double> draws(state.classes.size());
  for (double& draw : draws) {
    draw = random.normal();
  }
  const std::vector<double> fractions = softmax(draws, active);
  for (const std::size_t i : active) {
    state.weights[i] = static_cast<float>(fractions[i] * static_cast<double>(active.size()));
  }
  return state.weights;
}

}  // namespace dt4ecg::train
