#include "dt4ecg/train/weighting.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"

namespace dt4ecg::train {

WeightingState::WeightingState(std::vector<int64_t> classes_of_task)
    : classes(std::move(classes_of_task)),
      labelled(classes.size(), true),
      weights(classes.size(), 1.0f) {}

std::vector<std::size_t> WeightingState::active() const {
  std::vector<std::size_t> tasks;
  for (std::size_t i = 0; i < labelled.size(); ++i) {
    if (labelled[i]) {
      tasks.push_back(i);
    }
  }
  return tasks;
}

double WeightingState::sum_to_keep() const {
  const std::vector<std::size_t> tasks = active();
  if (tasks.size() == weights.size()) {
    return static_cast<double>(weights.size());
  }
  double sum = 0;
  for (const std::size_t i : tasks) {
    sum += weights[i];
  }
  return sum;
}

std::vector<double>& WeightingState::remembered(const std::string& name, double initial) {
  std::vector<double>& values = memory[name];
  values.resize(classes.size(), initial);
  return values;
}

double checked(const char* weighting, const char* parameter, double value, bool legal,
               const char* rule) {
  require(legal && std::isfinite(value), weighting, parameter, parameter, " must be ", rule,
          ", got ", value);
  return value;
}

std::vector<double> softmax(std::span<const double> values, const std::vector<std::size_t>& tasks) {
  std::vector<double> fractions(values.size());
  if (tasks.empty()) {
    return fractions;
  }
  double largest = values[tasks.front()];
  for (const std::size_t i : tasks) {
    largest = std::max(largest, values[i]);
  }
  double sum = 0;
  for (const std::size_t i : tasks) {
    sum += fractions[i] = std::exp(values[i] - largest);
  }
  for (const std::size_t i : tasks) {
    fractions[i] /= sum;
  }
  return fractions;
}

std::vector<double> gradient_norms(Gram gram, std::size_t tasks) {
  std::vector<double> norms(tasks);
  for (std::size_t i = 0; i < tasks; ++i) {
    norms[i] = std::sqrt(gram[i * tasks + i]);
  }
  return norms;
}

void renormalise(WeightingState& state, const std::vector<std::size_t>& active, double sum) {
  double now = 0;
  for (const std::size_t i : active) {
    now += state.weights[i];
  }
  if (!(now > 0)) {
    return;  // all zero: no scale gives them a sum
  }
  for (const std::size_t i : active) {
    state.weights[i] = static_cast<float>(state.weights[i] * (sum / now));
  }
}

}  // namespace dt4ecg::train
