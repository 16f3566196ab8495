#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

namespace dt4ecg::train {

// gradients[task][parameter]; undefined if the loss of a task does not depend on a parameter, or if
// the task has no loss.
using TaskGradients = std::vector<std::vector<at::Tensor>>;

// One backward pass per defined loss.
TaskGradients task_gradients(const std::vector<at::Tensor>& losses,
                             const std::vector<at::Tensor>& parameters);

// Inner products of the tasks' gradients over the parameters in scope, (tasks, tasks) row-major.
std::vector<double> gram_matrix(const TaskGradients& gradients,
                                const std::vector<at::Tensor>& parameters,
                                const std::vector<std::size_t>& scope);

// sum_i weights[i] gradients[i] per parameter, with weights of 1 for the parameters `unweighted`;
// undefined if no task reaches a parameter.
std::vector<at::Tensor> weighted_sum(const TaskGradients& gradients,
                                     const std::vector<float>& weights,
                                     const std::vector<std::size_t>& unweighted);

}  // namespace dt4ecg::train
