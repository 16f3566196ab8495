#pragma once

#include "dt4ecg/train/weighting.hpp"

namespace dt4ecg::train {

// Random loss weighting (Lin et al., TMLR 2022): in each step w = number of tasks * softmax(new
// draws from a normal distribution). In the paper the weights sum to 1.
class RLW : public Weighting {
 public:
  explicit RLW(uint64_t seed) : seed_(seed) {}
  bool needs_gram() const override { return false; }
  std::vector<float> operator()(std::span<const double> losses, Gram gram,
                                WeightingState& state) const override;

 private:
  uint64_t seed_;
};

}  // namespace dt4ecg::train
