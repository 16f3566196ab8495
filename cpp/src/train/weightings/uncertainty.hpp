#pragma once

#include "dt4ecg/train/weighting.hpp"

namespace dt4ecg::train {

// Homoscedastic uncertainty (Kendall, Gal and Cipolla, CVPR 2018): L = sum_i exp(-s_i) L_i + s_i /
// 2, where s_i = log sigma_i^2 is learned from 0. The losses of a step are summed with the weights
// exp(-s_i); then s descends by an Adam of its own. The weights are not rescaled, because their
// scale is learned. One deviation: |s| is limited to 20, because a loss of 0 would let a weight
// grow without limit.
class Uncertainty : public Weighting {
 public:
  explicit Uncertainty(double weight_rate);
  bool needs_gram() const override { return false; }
  std::vector<float> operator()(std::span<const double> losses, Gram gram,
                                WeightingState& state) const override;

 private:
  double weight_rate_;
};

}  // namespace dt4ecg::train
