#pragma once

#include "dt4ecg/train/weighting.hpp"

namespace dt4ecg::train {

// The paper's Algorithm 1 and two repairs. With share_i = ||g_i|| / sum_j ||g_j||:
//   printed  w_i <- w_i exp(alpha (share_i - 1)); the product of all weights falls by a constant
//            factor at every step, so they reach 0 in float32 within about a hundred steps
//   reset    w_i  = exp(alpha (share_i - 1)), afresh each step
//   renorm   as printed, then scaled so that the weights keep their sum: winner-take-all
class PaperWeighting : public Weighting {
 public:
  enum class Variant { printed, reset, renorm };

  PaperWeighting(Variant variant, double alpha);
  Variant variant() const { return variant_; }
  double alpha() const { return alpha_; }
  std::vector<float> operator()(std::span<const double> losses, Gram gram,
                                WeightingState& state) const override;

 private:
  Variant variant_;
  double alpha_;
};

}  // namespace dt4ecg::train
