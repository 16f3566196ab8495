#pragma once

#include "train/weightings/gram_weighting.hpp"

namespace dt4ecg::train {

// Gradient surgery (Yu et al., NeurIPS 2020): each gradient loses its part along every other
// one that it conflicts with, in random order, and the sum of what remains is taken. What remains
// is a combination of the gradients, followed here by its coefficients.
class PCGrad : public GramWeighting {
 public:
  explicit PCGrad(uint64_t seed) : seed_(seed) {}

 private:
  std::vector<double> coefficients(const SquareMatrix& gram, int64_t step) const override;

  uint64_t seed_;
};

}  // namespace dt4ecg::train
