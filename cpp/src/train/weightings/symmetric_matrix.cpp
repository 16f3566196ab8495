#include "train/weightings/symmetric_matrix.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace dt4ecg::train {

namespace {

constexpr int kMostSweeps = 60;  // a handful are needed

void rotate(SquareMatrix& matrix, SquareMatrix& vectors, std::size_t p, std::size_t q) {
  const double theta = (matrix(q, q) - matrix(p, p)) / (2 * matrix(p, q));
  const double tangent = std::copysign(1.0, theta) / (std::abs(theta) + std::hypot(1.0, theta));
  const double cosine = 1 / std::hypot(1.0, tangent), sine = tangent * cosine;
  const double moved = tangent * matrix(p, q);
  matrix(p, p) -= moved;
  matrix(q, q) += moved;
  matrix(p, q) = matrix(q, p) = 0;
  for (std::size_t k = 0; k < matrix.size; ++k) {
    if (k != p && k != q) {
      const double at_p = matrix(k, p), at_q = matrix(k, q);
      matrix(k, p) = matrix(p, k) = cosine * at_p - sine * at_q;
      matrix(k, q) = matrix(q, k) = sine * at_p + cosine * at_q;
    }
    const double at_p = vectors(k, p), at_q = vectors(k, q);
    vectors(k, p) = cosine * at_p - sine * at_q;
    vectors(k, q) = sine * at_p + cosine * at_q;
  }
}

}  // namespace

std::vector<double> product(const SquareMatrix& matrix, const std::vector<double>& vector) {
  std::vector<double> found(matrix.size);
  for (std::size_t i = 0; i < matrix.size; ++i) {
    for (std::size_t j = 0; j < matrix.size; ++j) {
      found[i] += matrix(i, j) * vector[j];
    }
  }
  return found;
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

Correlation::Correlation(const SquareMatrix& gram) : norms(gram.size), cosines(gram.size) {
  for (std::size_t i = 0; i < gram.size; ++i) {
    norms[i] = std::sqrt(gram(i, i));
  }
  for (std::size_t i = 0; i < gram.size; ++i) {
    for (std::size_t j = 0; j < gram.size; ++j) {
      cosines(i, j) = i == j ? 1 : std::clamp(gram(i, j) / norms[i] / norms[j], -1.0, 1.0);
    }
  }
}

EigenDecomposition::EigenDecomposition(SquareMatrix matrix)
    : values(matrix.size), vectors(matrix.size) {
  for (std::size_t i = 0; i < matrix.size; ++i) {
    vectors(i, i) = 1;
  }
  bool rotated = true;
  for (int sweep = 0; rotated && sweep < kMostSweeps; ++sweep) {
    rotated = false;
    for (std::size_t p = 0; p < matrix.size; ++p) {
      for (std::size_t q = p + 1; q < matrix.size; ++q) {
        const double scale = std::sqrt(std::abs(matrix(p, p))) * std::sqrt(std::abs(matrix(q, q)));
        if (std::abs(matrix(p, q)) <= std::numeric_limits<double>::epsilon() * scale) {
          continue;
        }
        rotate(matrix, vectors, p, q);
        rotated = true;
      }
    }
  }
  for (std::size_t i = 0; i < matrix.size; ++i) {
    values[i] = matrix(i, i);
  }
}

double EigenDecomposition::rounding() const {
  return static_cast<double>(values.size()) * std::numeric_limits<float>::epsilon() *
         *std::max_element(values.begin(), values.end());
}

std::vector<double> EigenDecomposition::apply(const std::function<double(double)>& function,
                                              const std::vector<double>& vector) const {
  std::vector<double> found(values.size());
  for (std::size_t k = 0; k < values.size(); ++k) {
    double along = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      along += vectors(i, k) * vector[i];
    }
    along *= function(values[k]);
    for (std::size_t i = 0; i < values.size(); ++i) {
      found[i] += along * vectors(i, k);
    }
  }
  return found;
}

}  // namespace dt4ecg::train
