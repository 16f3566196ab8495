#include "train/task_gradients.hpp"

#include <ATen/ops/cat.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>

namespace dt4ecg::train {

namespace {

std::string layer_of(const std::string& parameter) {
  return parameter.substr(0, parameter.find_last_of('.'));
}

std::vector<at::Tensor> gradients_of(const at::Tensor& loss,
                                     const std::vector<at::Tensor>& parameters, bool last) {
  return torch::autograd::grad({loss}, parameters, /*grad_outputs=*/{}, /*retain_graph=*/!last,
                               /*create_graph=*/false, /*allow_unused=*/true);
}

}  // namespace

TaskGradients task_gradients(const std::vector<at::Tensor>& losses,
                             const std::vector<at::Tensor>& parameters) {
  const auto last = std::find_if(losses.rbegin(), losses.rend(),
                                 [](const at::Tensor& loss) { return loss.defined(); });
  TaskGradients gradients(losses.size(), std::vector<at::Tensor>(parameters.size()));
  for (size_t i = 0; i < losses.size(); ++i)
    if (losses[i].defined())
      gradients[i] = gradients_of(losses[i], parameters, losses[i].is_same(*last));
  return gradients;
}

std::vector<size_t> parameters_in_scope(Model& model, const at::Tensor& x, NormScope scope) {
  std::vector<size_t> every(model.parameters.size());
  for (size_t p = 0; p < every.size(); ++p) every[p] = p;
  if (scope == NormScope::all) return every;

  std::vector<at::Tensor> totals;
  for (const at::Tensor& logits : model.forward(x, /*training=*/false))
    totals.push_back(logits.sum());
  const TaskGradients reached = task_gradients(totals, model.parameters);
  std::vector<size_t> shared;
  for (const size_t p : every)
    if (std::count_if(reached.begin(), reached.end(),
                      [p](const auto& task) { return task[p].defined(); }) >= 2)
      shared.push_back(p);
  if (shared.empty()) return every;
  if (scope == NormScope::last) {
    const std::string layer = layer_of(model.parameter_names[shared.back()]);
    std::erase_if(shared, [&](size_t p) { return layer_of(model.parameter_names[p]) != layer; });
  }
  return shared;
}

std::vector<size_t> parameters_of_one_task(Model& model, const at::Tensor& x) {
  const std::vector<size_t> shared = parameters_in_scope(model, x, NormScope::shared);
  std::vector<size_t> others;
  for (size_t p = 0; p < model.parameters.size(); ++p)
    if (!std::binary_search(shared.begin(), shared.end(), p)) others.push_back(p);
  return others;
}

std::vector<double> gram_matrix(const TaskGradients& gradients,
                                const std::vector<at::Tensor>& parameters,
                                const std::vector<size_t>& scope) {
  std::vector<at::Tensor> rows;
  for (const auto& gradient : gradients) {
    std::vector<at::Tensor> pieces;
    for (const size_t p : scope)
      pieces.push_back(
          (gradient[p].defined() ? gradient[p] : at::zeros_like(parameters[p])).flatten());
    rows.push_back(at::cat(pieces));
  }
  const at::Tensor matrix = at::stack(rows);
  const at::Tensor products = at::matmul(matrix, matrix.t()).to(at::kCPU, at::kDouble).contiguous();
  const auto* first = products.const_data_ptr<double>();
  return {first, first + products.numel()};
}

std::vector<at::Tensor> weighted_sum(const TaskGradients& gradients,
                                     const std::vector<float>& weights,
                                     const std::vector<size_t>& plain) {
  std::vector<at::Tensor> sums(gradients.front().size());
  std::vector<bool> weighted(sums.size(), true);
  for (const size_t p : plain) weighted[p] = false;
  for (size_t i = 0; i < gradients.size(); ++i)
    for (size_t p = 0; p < sums.size(); ++p) {
      const at::Tensor& gradient = gradients[i][p];
      if (!gradient.defined()) continue;
      const float weight = weighted[p] ? weights[i] : 1;
      if (sums[p].defined())
        sums[p].add_(gradient, weight);
      else
        sums[p] = gradient * weight;
    }
  return sums;
}

}  // namespace dt4ecg::train
