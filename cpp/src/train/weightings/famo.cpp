#include "train/weightings/famo.hpp"

#include <algorithm>
#include <cmath>

#include "train/weightings/memory_adam.hpp"

namespace dt4ecg::train {

namespace {

constexpr double kSmallestLoss = 1e-8;
const std::string kLogits = "logits";
const std::string kBefore = "losses_before";

}  // namespace

FAMO::FAMO(double weight_rate, double decay)
    : weight_rate_(checked("famo", "weight_rate", weight_rate, weight_rate >= 0,
                           "finite and at least 0 (the authors' is 0.025)")),
      decay_(checked("famo", "decay", decay, decay >= 0,
                     "finite and at least 0 (the authors' is 0.01)")) {}

std::vector<float> FAMO::operator()(std::span<const double> losses, Gram,
                                    WeightingState& state) const {
  ++state.step;
  const std::vector<std::size_t> active = state.active();
  std::vector<double> weights = softmax(state.remembered(kLogits, 0), active);
  double sum = 0;
  for (const std::size_t i : active) {
    sum += weights[i] /= losses[i] + kSmallestLoss;
  }
  for (const std::size_t i : active) {
    state.weights[i] = static_cast<float>(weights[i] / sum * static_cast<double>(active.size()));
  }
  state.memory[kBefore] = {losses.begin(), losses.end()};
  return state.weights;
}

bool FAMO::looks_back(const WeightingState& state) const { return state.memory.contains(kBefore); }

void FAMO::look_back(std::span<const double> losses, WeightingState& state) const {
  const std::vector<double> before = state.remembered(kBefore, 0);
  state.memory.erase(kBefore);
  const std::vector<std::size_t> active = state.active();
  const std::vector<double>& logits = state.remembered(kLogits, 0);
  const std::vector<double> fractions = softmax(logits, active);
  std::vector<double> fall(losses.size());
  double mean = 0;
  for (const std::size_t i : active) {
    fall[i] = std::log(before[i] + kSmallestLoss) - std::log(losses[i] + kSmallestLoss);
    mean += fractions[i] * fall[i];
  }
  if (!std::isfinite(mean)) {
    return;  // the next step will be skipped
  }
  std::vector<double> gradients(losses.size());
  for (const std::size_t i : active) {
    gradients[i] = fractions[i] * (fall[i] - mean) + decay_ * logits[i];
  }
  memory_adam_step(state, kLogits, active, gradients, weight_rate_);
}

}  // namespace dt4ecg::train
