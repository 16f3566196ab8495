#include "train/weightings/aligned_mtl.hpp"

#include <algorithm>
#include <cmath>

namespace dt4ecg::train {

std::vector<double> AlignedMTL::coefficients(const SquareMatrix& gram, int64_t) const {
  const EigenDecomposition eigen(gram);
  const double rounding = eigen.rounding();
  double smallest = *std::max_element(eigen.values.begin(), eigen.values.end());
  for (const double value : eigen.values) {
    if (value > rounding) {
      smallest = std::min(smallest, value);
    }
  }
  return eigen.apply(
      [&](double value) { return value > rounding ? std::sqrt(smallest / value) : 0; },
      std::vector<double>(gram.size, 1.0));
}

}  // namespace dt4ecg::train
