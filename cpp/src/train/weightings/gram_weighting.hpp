#pragma once

#include "dt4ecg/train/weighting.hpp"
#include "train/weightings/symmetric_matrix.hpp"

namespace dt4ecg::train {

// A weighting that combines the tasks' gradients g_i into one of the shared parameters, and finds
// the combination in their inner products alone. A task without labels or with a zero gradient has
// no part in it and keeps its weight; a common factor of all gradients changes nothing.
class GramWeighting : public Weighting {
 public:
  bool weighs_own_parameters() const override { return false; }
  std::vector<float> operator()(std::span<const double> losses, Gram gram,
                                WeightingState& state) const final;

 protected:
  // The coefficients of sum_i w_i g_i. gram has a positive diagonal whose largest entry is 1.
  virtual std::vector<double> coefficients(const SquareMatrix& gram, int64_t step) const = 0;
};

// Scales to sum_i |weights_i| = the number of tasks: where a method gives a direction alone, this
// leaves the learning rate its meaning.
std::vector<double> scaled_to_count(std::vector<double> weights);

}  // namespace dt4ecg::train
