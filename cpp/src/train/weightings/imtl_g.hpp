#pragma once

#include "train/weightings/gram_weighting.hpp"

namespace dt4ecg::train {

// Impartial multi-task learning on gradients (Liu et al., ICLR 2021): the combination whose
// projections on all gradients' directions are equal. With two tasks both gradients get the same
// length; with more, a weight may be negative, which the paper allows. Scaled so that the weights'
// absolute values sum to the number of tasks: the paper's sum of weights may be 0 or negative.
class IMTLG : public GramWeighting {
 private:
  std::vector<double> coefficients(const SquareMatrix& gram, int64_t step) const override;
};

}  // namespace dt4ecg::train
