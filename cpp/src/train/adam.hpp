#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

namespace dt4ecg::train {

// Adam (Kingma and Ba 2015) with PyTorch's defaults, by ATen's fused kernel.
class Adam {
 public:
  explicit Adam(std::vector<at::Tensor> parameters);

  // Changes the parameters in place; one whose gradient is undefined is left alone, its moments
  // too.
  void step(const std::vector<at::Tensor>& gradients, double learning_rate);

  // Moments and step counts, for saving; change in place to restore.
  std::vector<at::Tensor> mean, square, steps;

 private:
  std::vector<at::Tensor> parameters_;
};

}  // namespace dt4ecg::train
