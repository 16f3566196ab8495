#pragma once

#include "dt4ecg/train/weighting.hpp"

namespace dt4ecg::train {

// GradNorm (Chen et al., ICML 2018). With G_i = w_i ||g_i||, G the mean of the G_i,
// L~_i = L_i / L_i(0) and r_i = L~_i / mean L~, the weights descend on sum_i |G_i - G r_i^alpha|,
// with the target G r_i^alpha held constant. The gradient has the closed form sign(G_i - target_i)
// ||g_i||, so that no second-order graph is needed. As in their Algorithm 1, the losses of a step
// are summed with the weights before the descent. One deviation: weights below 1e-3 are raised to
// 1e-3 before the weights are scaled back to their sum.
class Chen2018 : public Weighting {
 public:
  // L_i(0). log_classes: ln(classes), the loss of a network that has learned nothing; for a loss
  // that is not a cross-entropy, as first. first: the loss of the first batch with targets of the
  // task.
  enum class Reference { log_classes, first };

  Chen2018(double alpha, double weight_rate, Reference reference);
  std::vector<float> operator()(std::span<const double> losses, Gram gram,
                                WeightingState& state) const override;

 private:
  std::vector<double>& reference_losses(std::span<const double> losses,
                                        WeightingState& state) const;

  double alpha_;
  double weight_rate_;
  Reference reference_;
};

}  // namespace dt4ecg::train
