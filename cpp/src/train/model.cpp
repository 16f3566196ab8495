#include "dt4ecg/train/model.hpp"

#include <c10/util/Exception.h>

#include "base/error.hpp"

namespace dt4ecg::train {

void require_trained(const Model& model) {
  for (const at::Tensor& parameter : model.parameters)
    TORCH_CHECK(parameter.requires_grad(), kOtherParameters);
}

GraphModel::GraphModel(std::vector<Part> parts, const std::vector<std::string>& names)
    : parts_(std::move(parts)) {
  size_t count = 0;
  for (const Part& part : parts_) {
    buffers.insert(buffers.end(), part.buffers.begin(), part.buffers.end());
    for (const at::Tensor& parameter : part.parameters) {
      if (count == names.size()) throw_invalid("trainer", "names", "a parameter has no name");
      const std::string& name = names[count++];
      if (!parameter.requires_grad()) continue;  // frozen
      parameters.push_back(parameter);
      parameter_names.push_back(name);
    }
  }
}

std::vector<at::Tensor> GraphModel::forward(const at::Tensor& x, bool training) {
  std::vector<at::Tensor> values{x};
  for (const Part& part : parts_)
    values = part.graph->forward(values.front(), part.parameters, part.buffers, training);
  return values;
}

}  // namespace dt4ecg::train
