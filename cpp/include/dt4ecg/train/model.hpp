#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dt4ecg/nn/graph.hpp"

namespace dt4ecg::train {

// Which parameters the gradient norms cover (not given in the paper): those that at least two tasks
// reach, the last layer of those (Chen et al. 2018), or every parameter.
enum class NormScope { shared, last, all };

// What the trainer needs of a network. The tensors are the network's own and change in place.
class Model {
 public:
  virtual ~Model() = default;

  // Segments (B, C, T) -> logits (B, classes) per task, in the order of the tasks.
  virtual std::vector<at::Tensor> forward(const at::Tensor& x, bool training) = 0;

  // Those to be trained.
  std::vector<std::string> parameter_names;
  std::vector<at::Tensor> parameters;
  std::vector<at::Tensor> buffers;
  std::optional<at::Generator> generator;  // where forward may draw random numbers from
};

// The trainer keeps moments for the parameters that were there at its beginning.
constexpr char kOtherParameters[] =
    "fit: a parameter was frozen or thawed during the training; set requires_grad before fit";
void require_trained(const Model& model);

// A chain of graphs, each fed with the first output of the one before; the last one's outputs are
// the logits.
class GraphModel : public Model {
 public:
  using Part = nn::BoundGraph;

  // names of all parameters, in the parts' order; those without requires_grad are left as they are.
  GraphModel(std::vector<Part> parts, const std::vector<std::string>& names);
  std::vector<at::Tensor> forward(const at::Tensor& x, bool training) override;
  const std::vector<Part>& parts() const { return parts_; }

 private:
  std::vector<Part> parts_;
};

}  // namespace dt4ecg::train
