#include "train/weightings/dwa.hpp"

#include <cmath>
#include <limits>

namespace dt4ecg::train {

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

}  // namespace

DWA::DWA(double temperature)
    : temperature_(checked("dwa", "temperature", temperature, temperature > 0,
                           "finite and above 0 (the paper's is 2; the larger, the more equal)")) {}

std::vector<float> DWA::operator()(std::span<const double> losses, Gram,
                                   WeightingState& state) const {
  const std::vector<std::size_t> active = state.active();
  std::vector<double>& sum = state.remembered("sum", 0);
  std::vector<double>& count = state.remembered("count", 0);
  const std::vector<double>& last = state.remembered("last", kNone);
  const std::vector<double>& before = state.remembered("before", kNone);
  std::vector<double> exponents(losses.size());
  for (const std::size_t i : active) {
    sum[i] += losses[i];
    count[i] += 1;
    const double ratio = last[i] / before[i];
    exponents[i] = (std::isfinite(ratio) ? ratio : 1) / temperature_;
  }
  const std::vector<double> fractions = softmax(exponents, active);
  for (const std::size_t i : active) {
    state.weights[i] = static_cast<float>(fractions[i] * static_cast<double>(active.size()));
  }
  ++state.step;
  return state.weights;
}

void DWA::end_epoch(WeightingState& state) const {
  std::vector<double>& sum = state.remembered("sum", 0);
  std::vector<double>& count = state.remembered("count", 0);
  std::vector<double>& last = state.remembered("last", kNone);
  std::vector<double>& before = state.remembered("before", kNone);
  for (std::size_t i = 0; i < sum.size(); ++i) {
    if (count[i] > 0) {
      before[i] = last[i];
      last[i] = sum[i] / count[i];
      sum[i] = count[i] = 0;
    }
  }
}

}  // namespace dt4ecg::train
