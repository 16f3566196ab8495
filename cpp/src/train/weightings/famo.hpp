#pragma once

#include "dt4ecg/train/weighting.hpp"

namespace dt4ecg::train {

// Fast adaptive multitask optimisation (Liu et al., NeurIPS 2023). With z = softmax(logits), the
// weights of a step are z_i / L_i, scaled to the number of tasks (in the paper to 1). After the
// update the same batch is evaluated again, as in the authors' code, and Adam with weight decay
// moves the logits towards the tasks whose log loss fell least. The losses L_i must be positive.
class FAMO : public Weighting {
 public:
  FAMO(double weight_rate, double decay);
  bool needs_gram() const override { return false; }
  std::vector<float> operator()(std::span<const double> losses, Gram gram,
                                WeightingState& state) const override;
  bool looks_back(const WeightingState& state) const override;
  void look_back(std::span<const double> losses, WeightingState& state) const override;

 private:
  double weight_rate_;
  double decay_;
};

}  // namespace dt4ecg::train
