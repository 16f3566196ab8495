#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "dt4ecg/train/model.hpp"

namespace dt4ecg::train {

// Indexes of the parameters in scope, found by asking autograd which tasks reach each of them from
// a batch x. With one task there is nothing to share: all parameters then.
std::vector<size_t> parameters_in_scope(Model& model, const at::Tensor& x, NormScope scope);

// Indexes of the parameters that a single task reaches; none if no parameters are shared.
std::vector<size_t> parameters_of_one_task(Model& model, const at::Tensor& x);

// gradients[task][parameter]; undefined where a task does not reach a parameter or has no loss.
using TaskGradients = std::vector<std::vector<at::Tensor>>;

// One backward per defined loss.
TaskGradients task_gradients(const std::vector<at::Tensor>& losses,
                             const std::vector<at::Tensor>& parameters);

// Inner products of the tasks' gradients over the parameters in scope, (tasks, tasks) row-major.
std::vector<double> gram_matrix(const TaskGradients& gradients,
                                const std::vector<at::Tensor>& parameters,
                                const std::vector<size_t>& scope);

// sum_i weights[i] gradients[i] per parameter, sum_i gradients[i] for the `plain` ones; undefined
// where no task reaches it.
std::vector<at::Tensor> weighted_sum(const TaskGradients& gradients,
                                     const std::vector<float>& weights,
                                     const std::vector<size_t>& plain);

}  // namespace dt4ecg::train
