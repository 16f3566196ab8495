#pragma once

#include "dt4ecg/train/weighting.hpp"

namespace dt4ecg::train {

// The weighting `none`: all weights stay 1, the sum of the losses (paper, equation 9).
class EqualWeighting : public Weighting {
 public:
  bool needs_gram() const override { return false; }
  std::vector<float> operator()(std::span<const double> losses, Gram gram,
                                WeightingState& state) const override;
};

}  // namespace dt4ecg::train
