#pragma once

#include "dt4ecg/train/weighting.hpp"

namespace dt4ecg::train {

// Homoscedastic uncertainty (Kendall et al., CVPR 2018): L = sum_i exp(-s_i) L_i + s_i / 2 with
// learnt s_i = log sigma_i^2, 0 at first; a step's losses are summed with the weights exp(-s_i)
// before s descends, by an Adam of its own. Not rescaled: the scale is what is learnt. One
// deviation: |s| is held below 20, for a loss of 0 would drive a weight to infinity.
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
