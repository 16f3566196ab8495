#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dt4ecg/nn/graph.hpp"
#include "dt4ecg/train/objective.hpp"

namespace dt4ecg::train {

// The parameters that the norms of the tasks' gradients cover (the paper does not say): those that
// at least two tasks reach, the last layer of those (Chen et al. 2018), or every parameter.
enum class NormScope { shared, last, all };

// A network as the trainer sees it. The tensors belong to the network and change in place.
class Model {
 public:
  virtual ~Model() = default;

  // Segments (B, C, T) -> logits (B, classes) per task in the order of the tasks, and the features
  // (B, channels) if the network has them.
  virtual Outputs forward(const at::Tensor& x, bool training) = 0;

  // The trained parameters, and all buffers.
  std::vector<std::string> parameter_names;
  std::vector<at::Tensor> parameters;
  std::vector<at::Tensor> buffers;
  std::optional<at::Generator> generator;  // the source of random numbers of forward, if it has one
};

// Throws std::runtime_error if code in Python freed the memory of a parameter or buffer. Reading
// such a tensor would end the process.
void require_allocated(const Model& model);
// Throws if a parameter was frozen since the training began.
void require_trained(const Model& model);
// Throws the same error, for a caller that notices a parameter that was not trained before.
[[noreturn]] void refuse_other_parameters();

// A chain of graphs. Each takes the first output of the one before it. The outputs of the last
// graph are the logits, and its input is the features.
class GraphModel : public Model {
 public:
  using Part = nn::BoundGraph;

  // names: of all parameters, in the order of the parts. Parameters without requires_grad are not
  // trained.
  GraphModel(std::vector<Part> parts, const std::vector<std::string>& names);
  Outputs forward(const at::Tensor& x, bool training) override;
  const std::vector<Part>& parts() const { return parts_; }

 private:
  std::vector<Part> parts_;
};

}  // namespace dt4ecg::train
