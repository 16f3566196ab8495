#pragma once

#include "train/weightings/gram_weighting.hpp"

namespace dt4ecg::train {

// Conflict-averse gradient descent (Liu et al., NeurIPS 2021): the direction in the ball of radius
// c ||g_0|| about the mean gradient g_0 whose smallest product with a task's gradient is largest.
// By duality d = g_0 + c ||g_0|| g_w / ||g_w||, w on the simplex of least
// g_w . g_0 + c ||g_0|| ||g_w||; g_0 itself where g_w = 0. Scaled to the sum: c = 0 is `none`.
class CAGrad : public GramWeighting {
 public:
  explicit CAGrad(double c);

 private:
  std::vector<double> coefficients(const SquareMatrix& gram, int64_t step) const override;

  double c_;
};

}  // namespace dt4ecg::train
