#include "train/weightings/pcgrad.hpp"

#include <numeric>
#include <utility>

#include "train/random.hpp"

namespace dt4ecg::train {

std::vector<double> PCGrad::coefficients(const SquareMatrix& gram, int64_t step) const {
  StepRandom random(seed_, step);
  std::vector<double> sum(gram.size);
  std::vector<std::size_t> order(gram.size);
  for (std::size_t i = 0; i < gram.size; ++i) {
    std::iota(order.begin(), order.end(), 0);
    for (std::size_t n = order.size(); n > 1; --n) {
      std::swap(order[n - 1], order[below(n, random)]);
    }
    std::vector<double> own(gram.size);
    own[i] = 1;
    for (const std::size_t j : order) {
      if (j == i) {
        continue;
      }
      double along = 0;
      for (std::size_t k = 0; k < gram.size; ++k) {
        along += gram(j, k) * own[k];
      }
      if (along < 0) {
        own[j] -= along / gram(j, j);
      }
    }
    for (std::size_t k = 0; k < gram.size; ++k) {
      sum[k] += own[k];
    }
  }
  return sum;
}

}  // namespace dt4ecg::train
