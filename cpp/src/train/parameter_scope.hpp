#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "dt4ecg/train/model.hpp"
#include "dt4ecg/train/objective.hpp"

namespace dt4ecg::train {

// For each task the indexes of the outputs that its loss depends on. An objective that does not
// declare them computes the losses of batches of x (N, C, T), in order, until each task had one; a
// task without any loss counts as depending on all outputs.
std::vector<std::vector<std::size_t>> outputs_of_tasks(Model& model, const Objective& objective,
                                                       const at::Tensor& x, const Targets& targets,
                                                       int64_t batch_size);

// Indexes of the parameters in scope. Autograd finds the parameters that a task reaches from a
// batch x. With a single task no parameter is shared, and the scope is all parameters.
std::vector<std::size_t> parameters_in_scope(
    Model& model, const at::Tensor& x,
    const std::vector<std::vector<std::size_t>>& outputs_of_tasks, NormScope scope);

// Indexes of the parameters that one task reaches; none if no parameter is shared.
std::vector<std::size_t> parameters_of_one_task(
    Model& model, const at::Tensor& x,
    const std::vector<std::vector<std::size_t>>& outputs_of_tasks);

}  // namespace dt4ecg::train
