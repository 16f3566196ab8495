#pragma once

#include "train/weightings/gram_weighting.hpp"

namespace dt4ecg::train {

// Aligned-MTL (Senushkin et al., "Independent Component Alignment for Multi-Task Learning", CVPR
// 2023). The gradients are replaced by the nearest gradients that are orthogonal and have one
// length, the smallest singular value, and then summed: w = sqrt(lambda_min) G^(-1/2) 1, over the
// eigenvalues lambda of the gram matrix G that exceed rounding. A weight may be negative. The scale
// is the paper's: orthogonal gradients of one length get weights of 1.
class AlignedMTL : public GramWeighting {
 private:
  std::vector<double> coefficients(const SquareMatrix& gram, int64_t step) const override;
};

}  // namespace dt4ecg::train
