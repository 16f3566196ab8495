#include "train/weightings/chen2018.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dt4ecg::train {

namespace {

constexpr double kSmallestWeight = 1e-3;

}  // namespace

Chen2018::Chen2018(double alpha, double weight_rate, Reference reference)
    : alpha_(checked("chen2018", "alpha", alpha, alpha >= 0, "finite and at least 0")),
      weight_rate_(checked("chen2018", "weight_rate", weight_rate, weight_rate >= 0,
                           "finite and at least 0")),
      reference_(reference) {}

std::vector<double>& Chen2018::reference_losses(std::span<const double> losses,
                                                WeightingState& state) const {
  std::vector<double>& reference = state.memory["reference"];
  reference.resize(state.classes.size(), std::numeric_limits<double>::quiet_NaN());
  for (const std::size_t i : state.active()) {
    if (!std::isnan(reference[i])) {
      continue;
    }
    if (reference_ == Reference::first || state.classes[i] == 0) {
      reference[i] = losses[i];
    } else {
      // With a single class the logarithm is 0; ln 2 keeps the ratio finite.
      reference[i] = std::log(static_cast<double>(std::max<int64_t>(state.classes[i], 2)));
    }
  }
  return reference;
}

std::vector<float> Chen2018::operator()(std::span<const double> losses, Gram gram,
                                        WeightingState& state) const {
  const std::vector<float> weights_of_this_step = state.weights;
  const std::vector<double> norms = gradient_norms(gram, state.classes.size());
  const std::vector<std::size_t> active = state.active();
  const double sum_to_keep = state.sum_to_keep();
  const std::vector<double>& reference = reference_losses(losses, state);
  ++state.step;
  if (active.empty()) {
    return weights_of_this_step;
  }

  const auto count = static_cast<double>(active.size());
  double mean_norm = 0;
  double mean_ratio = 0;
  for (const std::size_t i : active) {
    mean_norm += state.weights[i] * norms[i] / count;
    mean_ratio += losses[i] / reference[i] / count;
  }
  if (!std::isfinite(mean_ratio) || mean_ratio <= 0) {
    return weights_of_this_step;
  }

  for (const std::size_t i : active) {
    const double target = mean_norm * std::pow(losses[i] / reference[i] / mean_ratio, alpha_);
    const double excess = state.weights[i] * norms[i] - target;
    const double sign = excess > 0 ? 1.0 : (excess < 0 ? -1.0 : 0.0);
    const double weight = state.weights[i] - weight_rate_ * sign * norms[i];
    state.weights[i] = static_cast<float>(std::max(weight, kSmallestWeight));
  }
  renormalise(state, active, sum_to_keep);
  return weights_of_this_step;
}

}  // namespace dt4ecg::train
