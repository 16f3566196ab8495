#pragma once

#include "train/weightings/gram_weighting.hpp"

namespace dt4ecg::train {

// Conflict-averse gradient descent (Liu et al., NeurIPS 2021). In the ball of radius c ||g_0||
// around the mean gradient g_0, it takes the direction d whose smallest inner product with a task's
// gradient is largest. By duality d = g_0 + c ||g_0|| g_w / ||g_w||, where w on the simplex
// minimises g_w . g_0 + c ||g_0|| ||g_w||; d = g_0 if g_w = 0. The result is scaled from the mean
// to the sum, so that c = 0 equals the weighting `none`.
class CAGrad : public GramWeighting {
 public:
  explicit CAGrad(double c);

 private:
  std::vector<double> coefficients(const SquareMatrix& gram, int64_t step) const override;

  double c_;
};

}  // namespace dt4ecg::train
