#pragma once

#include "dt4ecg/train/weighting.hpp"

namespace dt4ecg::train {

// Dynamic weight average (Liu et al., CVPR 2019): w = number of tasks * softmax(r / T), r_i the
// ratio of the mean losses of the last two epochs; 1 until there are two, or where it is not
// finite. A task without labels in an epoch keeps its ratio.
class DWA : public Weighting {
 public:
  explicit DWA(double temperature);
  bool needs_gram() const override { return false; }
  std::vector<float> operator()(std::span<const double> losses, Gram gram,
                                WeightingState& state) const override;
  void end_epoch(WeightingState& state) const override;

 private:
  double temperature_;
};

}  // namespace dt4ecg::train
