#include "dt4ecg/train/model.hpp"

#include <ATen/EmptyTensor.h>
#include <c10/util/Exception.h>

#include <stdexcept>

#include "base/error.hpp"

namespace dt4ecg::train {

void require_allocated(const Model& model) {
  for (const auto* tensors : {&model.parameters, &model.buffers}) {
    for (const at::Tensor& tensor : *tensors) {
      if (tensor.layout() != at::kStrided || !tensor.has_storage()) {
        continue;
      }
      const std::size_t needed =
          at::detail::computeStorageNbytes(tensor.sizes(), tensor.strides(), tensor.itemsize(),
                                           static_cast<std::size_t>(tensor.storage_offset()));
      if (tensor.storage().nbytes() < needed) {
        throw std::runtime_error(join("fit: a parameter or buffer of ", needed,
                                      " bytes has a storage of ", tensor.storage().nbytes(),
                                      "; do not resize the storages of the network"));
      }
    }
  }
}

void require_trained(const Model& model) {
  for (const at::Tensor& parameter : model.parameters) {
    if (!parameter.requires_grad()) {
      refuse_other_parameters();
    }
  }
}

// Adam has moments only for the parameters that were trained at the beginning.
void refuse_other_parameters() {
  TORCH_CHECK(
      false,
      "fit: a parameter was frozen or thawed during the training; set requires_grad before fit");
}

GraphModel::GraphModel(std::vector<Part> parts, const std::vector<std::string>& names)
    : parts_(std::move(parts)) {
  std::size_t count = 0;
  for (const Part& part : parts_) {
    buffers.insert(buffers.end(), part.buffers.begin(), part.buffers.end());
    for (const at::Tensor& parameter : part.parameters) {
      if (count == names.size()) {
        throw_invalid("trainer", "names", "a parameter has no name");
      }
      const std::string& name = names[count++];
      if (!parameter.requires_grad()) {
        continue;
      }
      parameters.push_back(parameter);
      parameter_names.push_back(name);
    }
  }
}

Outputs GraphModel::forward(const at::Tensor& x, bool training) {
  Outputs found;
  found.logits = {x};
  for (const Part& part : parts_) {
    if (&part != &parts_.front()) {
      found.features = found.logits.front();
    }
    found.logits =
        part.graph->forward(found.logits.front(), part.parameters, part.buffers, training);
  }
  return found;
}

}  // namespace dt4ecg::train
