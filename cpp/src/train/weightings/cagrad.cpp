#include "train/weightings/cagrad.hpp"

#include <algorithm>
#include <cmath>

#include "train/weightings/simplex.hpp"

namespace dt4ecg::train {

namespace {

// || sum_i weights_i g_i ||, where along[i] is the inner product of this sum with g_i.
double length(const std::vector<double>& weights, const std::vector<double>& along) {
  return std::sqrt(std::max(dot(weights, along), 0.0));
}

}  // namespace

CAGrad::CAGrad(double c)
    : c_(checked("cagrad", "c", c, c >= 0 && c < 1,
                 "at least 0 and below 1, where the ball excludes a zero direction (the paper's "
                 "is 0.4)")) {}

std::vector<double> CAGrad::coefficients(const SquareMatrix& gram, int64_t) const {
  const auto tasks = static_cast<double>(gram.size);
  const std::vector<double> mean(gram.size, 1 / tasks);
  const std::vector<double> along_mean = product(gram, mean);
  const double radius = c_ * length(mean, along_mean);
  std::vector<double> found(gram.size, 1.0);
  if (!(radius > 0)) {
    return found;
  }

  const auto slopes = [&](const std::vector<double>& weights) {
    const std::vector<double> along = product(gram, weights);
    const double norm = length(weights, along);
    std::vector<double> slope = along_mean;
    if (norm > 0) {
      for (std::size_t i = 0; i < slope.size(); ++i) {
        slope[i] += radius * along[i] / norm;
      }
    }
    return slope;
  };
  // Along weights + t (e_to - e_from) the function is fall t + radius sqrt(p + 2 q t + r t^2).
  const auto step = [&](const std::vector<double>& weights, std::size_t to, std::size_t from) {
    const std::vector<double> along = product(gram, weights);
    const double p = dot(weights, along), q = along[to] - along[from];
    const double r = gram(to, to) + gram(from, from) - 2 * gram(to, from);
    if (!(r > 0)) {
      return 0.0;
    }
    const double steepness = (along_mean[from] - along_mean[to]) / (radius * std::sqrt(r));
    if (steepness >= 1) {
      return weights[from];
    }
    if (steepness <= -1) {
      return 0.0;
    }
    const double off_line = std::sqrt(std::max(p * r - q * q, 0.0));
    return (steepness * off_line / std::sqrt(1 - steepness * steepness) - q) / r;
  };
  const std::vector<double> weights = least_on_simplex(gram.size, slopes, step);
  const double norm = length(weights, product(gram, weights));
  if (norm > 0) {
    for (std::size_t i = 0; i < found.size(); ++i) {
      found[i] += tasks * radius / norm * weights[i];
    }
  }
  return found;
}

}  // namespace dt4ecg::train
