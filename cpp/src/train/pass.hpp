#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <vector>

#include "dt4ecg/train/model.hpp"
#include "dt4ecg/train/objective.hpp"
#include "train/task_gradients.hpp"

namespace dt4ecg::train {

// Computes losses and gradients of one step. The calls of a step are forward(), then gram() if the
// weighting needs it, then gradient().
class Pass {
 public:
  virtual ~Pass() = default;

  // The loss of each task for segments x (B, C, T) in training mode.
  virtual std::vector<TaskLoss> forward(const at::Tensor& x, const Targets& targets) = 0;

  // Inner products (tasks, tasks) of the gradients of the losses over the parameters in scope; zero
  // for a task without a loss.
  virtual std::vector<double> gram() = 0;

  // sum_i weights[i] gradient_i for each parameter of the model; undefined if no loss reaches it.
  // The next step overwrites the tensors. After gram(), the gradients of the parameters
  // `unweighted` are summed with weights of 1.
  virtual std::vector<at::Tensor> gradient(const std::vector<float>& weights,
                                           const std::vector<std::size_t>& unweighted) = 0;
};

// By autograd, for any model on any device: a backward pass per task, or one without gram().
std::unique_ptr<Pass> autograd_pass(Model& model, const Objective& objective,
                                    std::vector<std::size_t> scope);

// By the fused walk: one backward pass for all tasks down to the first node in scope, and one for
// their sum from there. Null if the model is not a chain of graphs on the CPU in float32.
// batch_size: the size of most batches.
std::unique_ptr<Pass> walk_pass(Model& model, const Objective& objective,
                                std::vector<std::size_t> scope, int64_t batch_size);

}  // namespace dt4ecg::train
