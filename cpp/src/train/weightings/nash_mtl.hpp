#pragma once

#include "train/weightings/gram_weighting.hpp"

namespace dt4ecg::train {

// Nash-MTL (Navon et al., "Multi-Task Learning as a Bargaining Game", ICML 2022): the weights w > 0
// that solve (G w)_i = 1 / w_i for the gram matrix G. With two tasks both gradients get the same
// length. The weights are scaled to the number of tasks, because with the paper's scale all steps
// have one length, however small the gradients are.
class NashMTL : public GramWeighting {
 private:
  std::vector<double> coefficients(const SquareMatrix& gram, int64_t step) const override;
};

}  // namespace dt4ecg::train
