#include "train/weightings/gram_weighting.hpp"

#include <algorithm>
#include <cmath>

namespace dt4ecg::train {

namespace {

// A gradient much shorter than the others would need a weight beyond the range of float32.
constexpr double kLargestWeight = 1e30;

}  // namespace

std::vector<float> GramWeighting::operator()(std::span<const double>, Gram gram,
                                             WeightingState& state) const {
  const std::size_t tasks = state.classes.size();
  const int64_t step = state.step++;
  double largest = 0;
  for (const std::size_t i : state.active()) {
    largest = std::max(largest, gram[i * tasks + i]);
  }
  // The trainer skips a step whose gradients are not finite.
  if (!std::isfinite(largest) || largest <= 0) {
    return state.weights;
  }
  std::vector<std::size_t> taking_part;
  for (const std::size_t i : state.active()) {
    if (gram[i * tasks + i] / largest > 0) {
      taking_part.push_back(i);
    }
  }

  SquareMatrix part(taking_part.size());
  for (std::size_t a = 0; a < part.size; ++a) {
    for (std::size_t b = 0; b < part.size; ++b) {
      part(a, b) = gram[taking_part[a] * tasks + taking_part[b]] / largest;
    }
  }
  const std::vector<double> found = coefficients(part, step);
  for (std::size_t a = 0; a < part.size; ++a) {
    state.weights[taking_part[a]] =
        static_cast<float>(std::clamp(found[a], -kLargestWeight, kLargestWeight));
  }
  return state.weights;
}

std::vector<double> scaled_to_count(std::vector<double> weights) {
  double sum = 0;
  for (const double weight : weights) {
    sum += std::abs(weight);
  }
  for (double& weight : weights) {
    weight *= static_cast<double>(weights.size()) / sum;
  }
  return weights;
}

}  // namespace dt4ecg::train
