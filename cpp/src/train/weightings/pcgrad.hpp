#pragma once

#include "train/weightings/gram_weighting.hpp"

namespace dt4ecg::train {

// PCGrad (Yu et al., "Gradient Surgery for Multi-Task Learning", NeurIPS 2020). Each gradient is
// projected, in random order, onto the normal plane of every other gradient with which it has a
// negative inner product. The projected gradients are summed. They are combinations of the original
// gradients, so that their coefficients are enough.
class PCGrad : public GramWeighting {
 public:
  explicit PCGrad(uint64_t seed) : seed_(seed) {}

 private:
  std::vector<double> coefficients(const SquareMatrix& gram, int64_t step) const override;

  uint64_t seed_;
};

}  // namespace dt4ecg::train
