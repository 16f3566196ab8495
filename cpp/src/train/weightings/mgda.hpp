#pragma once

#include "train/weightings/gram_weighting.hpp"

namespace dt4ecg::train {

// Multiple gradient descent (Desideri 2012; Sener and Koltun, NeurIPS 2018): the shortest convex
// combination of the gradients, scaled to the number of tasks.
class MGDA : public GramWeighting {
 private:
  std::vector<double> coefficients(const SquareMatrix& gram, int64_t step) const override;
};

}  // namespace dt4ecg::train
