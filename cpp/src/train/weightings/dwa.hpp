#pragma once

#include "dt4ecg/train/weighting.hpp"

namespace dt4ecg::train {

// Dynamic weight average (Liu, Johns and Davison, CVPR 2019): w = number of tasks * softmax(r / T),
// where r_i is the ratio of the mean losses of task i in the last two epochs. The ratio is 1 before
// the third epoch, and if it is not finite. A task without labels in an epoch keeps its ratio.
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
