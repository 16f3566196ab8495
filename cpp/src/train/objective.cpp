#include "dt4ecg/train/objective.hpp"

#include <torch/csrc/autograd/autograd.h>

namespace dt4ecg::train {

std::vector<at::Tensor> Outputs::all() const {
  std::vector<at::Tensor> found = logits;
  if (features.defined()) {
    found.push_back(features);
  }
  return found;
}

Targets Targets::rows(const at::Tensor& indices) const {
  const auto rows_of = [&](const at::Tensor& array) {
    return array.defined() ? array.index_select(0, indices.to(array.device())) : array;
  };
  Targets found;
  for (const at::Tensor& array : arrays) {
    found.arrays.push_back(rows_of(array));
  }
  found.sample_weight = rows_of(sample_weight);
  return found;
}

Targets Targets::rows(int64_t begin, int64_t size) const {
  Targets found;
  for (const at::Tensor& array : arrays) {
    found.arrays.push_back(array.narrow(0, begin, size));
  }
  if (sample_weight.defined()) {
    found.sample_weight = sample_weight.narrow(0, begin, size);
  }
  return found;
}

std::vector<TaskLoss> Objective::cotangents(const Outputs& outputs, const Targets& targets,
                                            const CotangentOf& cotangent) const {
  // Copies, because the network reuses the memory of its outputs in the next step.
  const auto leaf = [](const at::Tensor& output) {
    return output.defined() ? output.detach().clone().requires_grad_() : output;
  };
  Outputs leaves;
  for (const at::Tensor& logits : outputs.logits) {
    leaves.logits.push_back(leaf(logits));
  }
  leaves.features = leaf(outputs.features);

  std::vector<TaskLoss> found = losses(leaves, targets);
  const std::vector<at::Tensor> inputs = leaves.all();
  for (std::size_t task = 0; task < found.size(); ++task) {
    if (!found[task].value.defined()) {
      continue;
    }
    const auto gradients = torch::autograd::grad({found[task].value}, inputs, /*grad_outputs=*/{},
                                                 /*retain_graph=*/true, /*create_graph=*/false,
                                                 /*allow_unused=*/true);
    for (std::size_t output = 0; output < inputs.size(); ++output) {
      if (gradients[output].defined()) {
        cotangent(task, output).copy_(gradients[output]);
      }
    }
    found[task].value = at::Tensor();
  }
  return found;
}

std::vector<TaskLoss> Objective::evaluate(const Outputs& outputs, const Targets& targets) const {
  return losses(outputs, targets);
}

}  // namespace dt4ecg::train
