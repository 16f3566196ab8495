#pragma once

#include "train/weightings/gram_weighting.hpp"

namespace dt4ecg::train {

// Independent component alignment (Senushkin et al., CVPR 2023): the gradients are replaced by the
// nearest ones that are orthogonal and of one length, the smallest singular value, and summed:
// w = sqrt(lambda_min) G^(-1/2) 1, over the eigenvalues lambda of the gram matrix G above rounding.
// A weight may be negative. The paper's own scale: orthogonal gradients of one length get ones.
class AlignedMTL : public GramWeighting {
 private:
  std::vector<double> coefficients(const SquareMatrix& gram, int64_t step) const override;
};

}  // namespace dt4ecg::train
