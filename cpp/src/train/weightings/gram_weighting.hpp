#pragma once

#include "dt4ecg/train/weighting.hpp"
#include "train/weightings/symmetric_matrix.hpp"

namespace dt4ecg::train {

// Base of the weightings that combine the tasks' gradients g_i of the shared parameters and need
// only the inner products of the g_i. A task without labels or with a zero gradient takes no part
// and keeps its weight. A common factor of all gradients has no effect.
class GramWeighting : public Weighting {
 public:
  bool weighs_own_parameters() const override { return false; }
  std::vector<float> operator()(std::span<const double> losses, Gram gram,
                                WeightingState& state) const final;

 protected:
  // The coefficients of sum_i w_i g_i. gram has a positive diagonal whose largest entry is 1.
  virtual std::vector<double> coefficients(const SquareMatrix& gram, int64_t step) const = 0;
};

// Scales to sum_i |weights_i| = number of tasks. Some methods define only a direction; with this
// scale the learning rate keeps its meaning.
std::vector<double> scaled_to_count(std::vector<double> weights);

}  // namespace dt4ecg::train
