#include "train/weightings/paper_weighting.hpp"

#include <algorithm>
#include <cmath>

namespace dt4ecg::train {

namespace {

void warn_once_when_vanished(WeightingState& state) {
  const bool vanished =
      std::all_of(state.weights.begin(), state.weights.end(), [](float w) { return w == 0; });
  if (!vanished || state.memory.contains("vanished_at_step")) {
    return;
  }
  state.memory["vanished_at_step"] = {static_cast<double>(state.step)};
  state.warnings.push_back(
      "paper weighting: all task weights are exactly 0 after step " + std::to_string(state.step) +
      ", so nothing is learned any more; Algorithm 1 as printed multiplies the weights by a factor "
      "below 1 at every step. Use weighting='chen2018' or 'paper_reset'.");
}

}  // namespace

PaperWeighting::PaperWeighting(Variant variant, double alpha)
    : variant_(variant),
      alpha_(checked("paper weighting", "alpha", alpha, alpha >= 0, "finite and at least 0")) {}

std::vector<float> PaperWeighting::operator()(std::span<const double>, Gram gram,
                                              WeightingState& state) const {
  const std::vector<double> norms = gradient_norms(gram, state.classes.size());
  const std::vector<std::size_t> active = state.active();
  const double sum_to_keep = state.sum_to_keep();
  double total = 0;
  for (const std::size_t i : active) {
    total += norms[i];
  }
  ++state.step;
  if (total == 0) {
    return state.weights;  // the fractions are not defined
  }

  for (const std::size_t i : active) {
    const double factor = std::exp(alpha_ * (norms[i] / total - 1));
    const double before = variant_ == Variant::reset ? 1.0 : state.weights[i];
    state.weights[i] = static_cast<float>(before * factor);
  }
  if (variant_ == Variant::renorm) {
    renormalise(state, active, sum_to_keep);
  }
  if (variant_ == Variant::printed) {
    warn_once_when_vanished(state);
  }
  return state.weights;
}

}  // namespace dt4ecg::train
