#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace dt4ecg::train {

// A few rows and columns: one per task.
struct SquareMatrix {
  explicit SquareMatrix(size_t rows) : size(rows), values(rows * rows) {}
  double& operator()(size_t i, size_t j) { return values[i * size + j]; }
  double operator()(size_t i, size_t j) const { return values[i * size + j]; }

  size_t size;
  std::vector<double> values;  // row-major
};

std::vector<double> product(const SquareMatrix& matrix, const std::vector<double>& vector);
double dot(const std::vector<double>& a, const std::vector<double>& b);

// The gradients' norms, and the cosines between them.
struct Correlation {
  explicit Correlation(const SquareMatrix& gram);

  std::vector<double> norms;
  SquareMatrix cosines;
};

// A symmetric matrix as V diag(values) V^T, by Jacobi's rotations: a function of the matrix alone,
// and exact in small eigenvalues beside large ones.
struct Eigen {
  explicit Eigen(SquareMatrix matrix);

  // Eigenvalues below this are nothing but the rounding of gradients in float32.
  double rounding() const;
  // V diag(function(values)) V^T vector
  std::vector<double> apply(const std::function<double(double)>& function,
                            const std::vector<double>& vector) const;

  std::vector<double> values;
  SquareMatrix vectors;  // in columns
};

}  // namespace dt4ecg::train
