#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace dt4ecg::train {

// A small matrix with one row and one column per task.
struct SquareMatrix {
  explicit SquareMatrix(std::size_t rows) : size(rows), values(rows * rows) {}
  double& operator()(std::size_t i, std::size_t j) { return values[i * size + j]; }
  double operator()(std::size_t i, std::size_t j) const { return values[i * size + j]; }

  std::size_t size;
  std::vector<double> values;  // row-major
};

std::vector<double> product(const SquareMatrix& matrix, const std::vector<double>& vector);
double dot(const std::vector<double>& a, const std::vector<double>& b);

// The norms of the gradients and the cosines between them.
struct Correlation {
  explicit Correlation(const SquareMatrix& gram);

  std::vector<double> norms;
  SquareMatrix cosines;
};

// Eigendecomposition V diag(values) V^T of a symmetric matrix by Jacobi rotations. The result
// depends on the matrix alone, and small eigenvalues are accurate even if others are large.
struct EigenDecomposition {
  explicit EigenDecomposition(SquareMatrix matrix);

  // Smaller eigenvalues are indistinguishable from the rounding of gradients in float32.
  double rounding() const;
  // V diag(function(values)) V^T vector
  std::vector<double> apply(const std::function<double(double)>& function,
                            const std::vector<double>& vector) const;

  std::vector<double> values;
  SquareMatrix vectors;  // in columns
};

}  // namespace dt4ecg::train
