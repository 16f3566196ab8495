#pragma once

#include "train/weightings/gram_weighting.hpp"

namespace dt4ecg::train {

// Impartial multi-task learning on gradients (Liu et al., ICLR 2021): the combination that has
// equal projections on the directions of all gradients. With two tasks both gradients get the same
// length. With more tasks a weight may be negative, which the paper allows. The absolute values of
// the weights are scaled to the number of tasks, because the sum that the paper scales by may be 0
// or negative.
class IMTLG : public GramWeighting {
 private:
  std::vector<double> coefficients(const SquareMatrix& gram, int64_t step) const override;
};

}  // namespace dt4ecg::train
