#include "train/weightings/mgda.hpp"

#include "train/weightings/simplex.hpp"

namespace dt4ecg::train {

std::vector<double> MGDA::coefficients(const SquareMatrix& gram, int64_t) const {
  const auto slopes = [&](const std::vector<double>& weights) { return product(gram, weights); };
  const auto step = [&](const std::vector<double>& weights, std::size_t to, std::size_t from) {
    double fall = 0;
    for (std::size_t k = 0; k < gram.size; ++k) {
      fall += (gram(from, k) - gram(to, k)) * weights[k];
    }
    const double between = gram(to, to) + gram(from, from) - 2 * gram(to, from);
    return between > 0 ? fall / between : 0;
  };
  return scaled_to_count(least_on_simplex(gram.size, slopes, step));
}

}  // namespace dt4ecg::train
