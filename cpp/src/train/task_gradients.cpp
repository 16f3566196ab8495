#include "train/task_gradients.hpp"

#include <ATen/ops/cat.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>

namespace dt4ecg::train {

namespace {

std::vector<at::Tensor> gradients_of(const at::Tensor& loss,
                                     const std::vector<at::Tensor>& parameters, bool last) {
  return torch::autograd::grad({loss}, parameters, /*grad_outputs=*/{}, /*retain_graph=*/!last,
                               /*create_graph=*/false, /*allow_unused=*/true);
}

}  // namespace

TaskGradients task_gradients(const std::vector<at::Tensor>& losses,
                             const std::vector<at::Tensor>& parameters) {
  // Two tasks may have the same tensor as their loss, so the last one is known by its index.
  std::size_t last = 0;
  for (std::size_t i = 0; i < losses.size(); ++i) {
    last = losses[i].defined() ? i : last;
  }
  TaskGradients gradients(losses.size(), std::vector<at::Tensor>(parameters.size()));
  for (std::size_t i = 0; i < losses.size(); ++i) {
    if (losses[i].defined()) {
      gradients[i] = gradients_of(losses[i], parameters, i == last);
    }
  }
  return gradients;
}

std::vector<double> gram_matrix(const TaskGradients& gradients,
                                const std::vector<at::Tensor>& parameters,
                                const std::vector<std::size_t>& scope) {
  std::vector<at::Tensor> rows;
  for (const auto& gradient : gradients) {
    std::vector<at::Tensor> pieces;
    for (const std::size_t p : scope) {
      pieces.push_back(
          (gradient[p].defined() ? gradient[p] : at::zeros_like(parameters[p])).flatten());
    }
    rows.push_back(at::cat(pieces));
  }
  const at::Tensor matrix = at::stack(rows);
  const at::Tensor products = at::matmul(matrix, matrix.t()).to(at::kCPU, at::kDouble).contiguous();
  const auto* first = products.const_data_ptr<double>();
  return {first, first + products.numel()};
}

std::vector<at::Tensor> weighted_sum(const TaskGradients& gradients,
                                     const std::vector<float>& weights,
                                     const std::vector<std::size_t>& unweighted) {
  std::vector<at::Tensor> sums(gradients.front().size());
  std::vector<bool> weighted(sums.size(), true);
  for (const std::size_t p : unweighted) {
    weighted[p] = false;
  }
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    for (std::size_t p = 0; p < sums.size(); ++p) {
      const at::Tensor& gradient = gradients[i][p];
      if (!gradient.defined()) {
        continue;
      }
      const float weight = weighted[p] ? weights[i] : 1;
      if (sums[p].defined()) {
        sums[p].add_(gradient, weight);
      } else {
        sums[p] = gradient * weight;
      }
    }
  }
  return sums;
}

}  // namespace dt4ecg::train
