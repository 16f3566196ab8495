#include "train/weightings/imtl_g.hpp"

namespace dt4ecg::train {

std::vector<double> IMTLG::coefficients(const SquareMatrix& gram, int64_t) const {
  const Correlation correlation(gram);
  const std::vector<double> ones(gram.size, 1.0);
  std::vector<double> weights = ones;
  if (gram.size > 2) {
    // If the directions are linearly dependent, this is the shortest solution.
    const EigenDecomposition eigen(correlation.cosines);
    const double rounding = eigen.rounding();
    weights = eigen.apply([&](double value) { return value > rounding ? 1 / value : 0; }, ones);
    if (!(dot(weights, product(correlation.cosines, weights)) > rounding)) {
      weights = ones;
    }
  }
  for (std::size_t i = 0; i < weights.size(); ++i) {
    weights[i] /= correlation.norms[i];
  }
  return scaled_to_count(weights);
}

}  // namespace dt4ecg::train
