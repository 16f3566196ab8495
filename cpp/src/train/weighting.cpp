#include "dt4ecg/train/weighting.hpp"

#include <cmath>

namespace dt4ecg::train {

WeightingState::WeightingState(std::vector<int64_t> classes_of_task)
    : classes(std::move(classes_of_task)),
      labelled(classes.size(), true),
      weights(classes.size(), 1.0f) {}

std::vector<size_t> WeightingState::active() const {
  std::vector<size_t> tasks;
  for (size_t i = 0; i < labelled.size(); ++i)
    if (labelled[i]) tasks.push_back(i);
  return tasks;
}

double WeightingState::sum_to_keep() const {
  const std::vector<size_t> tasks = active();
  if (tasks.size() == weights.size()) return static_cast<double>(weights.size());
  double sum = 0;
  for (const size_t i : tasks) sum += weights[i];
  return sum;
}

std::vector<double> gradient_norms(Gram gram, size_t tasks) {
  std::vector<double> norms(tasks);
  for (size_t i = 0; i < tasks; ++i) norms[i] = std::sqrt(gram[i * tasks + i]);
  return norms;
}

void renormalise(WeightingState& state, const std::vector<size_t>& active, double sum) {
  double now = 0;
  for (const size_t i : active) now += state.weights[i];
  if (!(now > 0)) return;  // all zero: no scale gives them a sum
  for (const size_t i : active)
    state.weights[i] = static_cast<float>(state.weights[i] * (sum / now));
}

}  // namespace dt4ecg::train
