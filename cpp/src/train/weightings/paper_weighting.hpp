#pragma once

#include "dt4ecg/train/weighting.hpp"

namespace dt4ecg::train {

// Algorithm 1 of the paper (You et al. 2025) and two repairs. With share_i = ||g_i|| / sum_j
// ||g_j||:
//   printed  w_i <- w_i exp(alpha (share_i - 1)). The product of all weights falls by a constant
//   factor
//            in every step, so that they reach 0 in float32 within about a hundred steps.
//   reset    w_i = exp(alpha (share_i - 1)), without the weights of the step before.
//   renorm   as printed, then scaled so that the weights keep their sum. One task ends with all
//   weight.
class PaperWeighting : public Weighting {
 public:
  enum class Variant { printed, reset, renorm };

  PaperWeighting(Variant variant, double alpha);
  std::vector<float> operator()(std::span<const double> losses, Gram gram,
                                WeightingState& state) const override;

 private:
  Variant variant_;
  double alpha_;
};

}  // namespace dt4ecg::train
