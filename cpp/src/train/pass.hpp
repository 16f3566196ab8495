#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <vector>

#include "dt4ecg/train/model.hpp"
#include "train/loss.hpp"
#include "train/task_gradients.hpp"

namespace dt4ecg::train {

// How a step gets losses and gradients out of a model: forward(), then gram() or not, then
// gradient().
class Pass {
 public:
  virtual ~Pass() = default;

  // Segments x (B, C, T) in training mode against labels (B, tasks), int64 on the CPU;
  // sample_weight (B,) may be undefined.
  virtual std::vector<TaskBatch> forward(const at::Tensor& x, const at::Tensor& labels,
                                         const at::Tensor& sample_weight) = 0;

  // Inner products (tasks, tasks) of the losses' gradients over the parameters in scope; zero for a
  // task without labels.
  virtual std::vector<double> gram() = 0;

  // sum_i weights[i] gradient_i for each of the model's parameters; undefined where no loss
  // reaches it. The tensors are the next step's too. After gram(), `plain` may name parameters
  // whose gradients are summed with weights of 1.
  virtual std::vector<at::Tensor> gradient(const std::vector<float>& weights,
                                           const std::vector<size_t>& plain) = 0;
};

// By autograd: any model on any device, a backward per task (one for the sum without gram()).
// label_smoothing: of the losses.
std::unique_ptr<Pass> autograd_pass(Model& model, std::vector<size_t> scope,
                                    double label_smoothing);

// By the fused walk, one for all tasks down to the last node in scope; null where the model is
// not a chain of graphs on the CPU in float32. batch_size: of most steps.
std::unique_ptr<Pass> walk_pass(Model& model, std::vector<size_t> scope, double label_smoothing,
                                int64_t batch_size);

}  // namespace dt4ecg::train
