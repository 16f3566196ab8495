#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

namespace dt4ecg::train {

// Adam (Kingma and Ba 2015) with PyTorch's defaults, computed by ATen's fused kernel. With a weight
// decay above 0 it is AdamW (Loshchilov and Hutter 2019): a step first multiplies every parameter
// that has a gradient by 1 - learning_rate * weight_decay.
class Adam {
 public:
  explicit Adam(std::vector<at::Tensor> parameters, double weight_decay = 0);

  // Changes the parameters in place. A parameter without a gradient and its moments do not change.
  void step(const std::vector<at::Tensor>& gradients, double learning_rate);

  // Moments and step counts, which a checkpoint saves. To restore them, change them in place.
  std::vector<at::Tensor> mean, square, steps;

 private:
  std::vector<at::Tensor> parameters_;
  double weight_decay_;
};

}  // namespace dt4ecg::train
