#include "train/weightings/nash_mtl.hpp"

#include <algorithm>
#include <cmath>

namespace dt4ecg::train {

namespace {

// Solves C u = 1 / u, which minimises u^T C u / 2 - sum log u_i. Newton's method is damped as for
// self-concordant functions, so that u stays positive. The ridge bounds u if a combination of the
// directions is zero.
std::vector<double> bargain(SquareMatrix cosines) {
  constexpr double kRidge = 1e-7;
  constexpr int kMostSteps = 200;
  for (std::size_t i = 0; i < cosines.size; ++i) {
    cosines(i, i) += kRidge;
  }
  std::vector<double> u(cosines.size, 1.0);
  for (int step = 0; step < kMostSteps; ++step) {
    std::vector<double> slope = product(cosines, u);
    SquareMatrix curvature = cosines;
    for (std::size_t i = 0; i < u.size(); ++i) {
      slope[i] -= 1 / u[i];
      curvature(i, i) += 1 / (u[i] * u[i]);
    }
    const std::vector<double> newton =
        EigenDecomposition(curvature).apply([](double value) { return 1 / value; }, slope);
    const double decrement = std::sqrt(std::max(dot(slope, newton), 0.0));
    const double damping = decrement > 0.25 ? 1 / (1 + decrement) : 1;
    for (std::size_t i = 0; i < u.size(); ++i) {
      u[i] -= damping * newton[i];
    }
    if (decrement < 1e-10) {
      break;
    }
  }
  return u;
}

}  // namespace

std::vector<double> NashMTL::coefficients(const SquareMatrix& gram, int64_t) const {
  const Correlation correlation(gram);
  std::vector<double> weights(gram.size, 1.0);
  if (gram.size > 2) {
    weights = bargain(correlation.cosines);
  }
  for (std::size_t i = 0; i < weights.size(); ++i) {
    weights[i] /= correlation.norms[i];
  }
  return scaled_to_count(weights);
}

}  // namespace dt4ecg::train
