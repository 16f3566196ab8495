#pragma once

#include "dt4ecg/train/weighting.hpp"

namespace dt4ecg::train {

// GradNorm of Chen et al., ICML 2018. With G_i = w_i ||g_i||, G their mean, L~_i = L_i / L_i(0),
// r_i = L~_i / mean L~: the weights descend on sum_i |G_i - G r_i^alpha|, the target held constant.
// The gradient has the closed form sign(G_i - target_i) ||g_i||, so no second-order graph is
// needed. A step's losses are summed with the weights before the descent, as in their Algorithm 1.
// One deviation: weights are floored at 1e-3 before they are brought back to their sum.
class Chen2018 : public Weighting {
 public:
  // L_i(0): ln(classes), the loss of a network that knows nothing, or the first labelled batch's
  // loss.
  enum class Reference { log_classes, first };

  Chen2018(double alpha, double weight_rate, Reference reference);
  double alpha() const { return alpha_; }
  double weight_rate() const { return weight_rate_; }
  Reference reference() const { return reference_; }
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
