#include "train/weightings/equal_weighting.hpp"

namespace dt4ecg::train {

std::vector<float> EqualWeighting::operator()(std::span<const double>, Gram,
                                              WeightingState& state) const {
  ++state.step;
  return state.weights;
}

}  // namespace dt4ecg::train
