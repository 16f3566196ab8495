#pragma once

#include "train/weightings/gram_weighting.hpp"

namespace dt4ecg::train {

// Multi-task learning as a bargaining game (Navon et al., ICML 2022): the weights w > 0 with
// (G w)_i = 1 / w_i, G the gram matrix, at which every task gains by the same factor. With two
// tasks both gradients get the same length. Scaled to the number of tasks, since the paper's scale
// makes steps of one length however small the gradients are.
class NashMTL : public GramWeighting {
 private:
  std::vector<double> coefficients(const SquareMatrix& gram, int64_t step) const override;
};

}  // namespace dt4ecg::train
