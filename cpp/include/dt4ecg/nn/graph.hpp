#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dt4ecg/ops/shape.hpp"

namespace dt4ecg::ops {
struct Operator;
}

namespace dt4ecg::nn {

// One use of an operator. Value 0 is the graph's input; value i + 1 is the output of node i.
struct Node {
  std::string op;
  std::string name;  // prefix of its parameters, e.g. "conv1"; letters, digits and underscores
  std::vector<int64_t> inputs;
  ops::Attributes attributes;
};

// A part of a network as data. It is checked when it is built. Executors run it, and a model file
// stores its text.
class Graph {
 public:
  explicit Graph(ops::Shape input);

  // Appends a node and returns its value. Throws InvalidArgument for an illegal node.
  int64_t add(Node node);
  void set_outputs(std::vector<int64_t> values);  // the last value unless set

  // The text form: "input channels=1 length=300", one line per node such as
  // "conv_norm conv1 0 channels=32 kernel=3 relu=1 stride=2", then "output 1".
  static Graph parse(const std::string& text);
  std::string text() const;

  ops::Shape input() const { return shapes_.front(); }
  ops::Shape shape(int64_t value) const { return shapes_.at(static_cast<std::size_t>(value)); }
  const std::vector<Node>& nodes() const { return nodes_; }
  const std::vector<int64_t>& outputs() const { return outputs_; }
  const std::vector<ops::TensorSpec>& parameters() const { return parameters_; }
  const std::vector<ops::TensorSpec>& buffers() const { return buffers_; }
  std::size_t parameters_of(std::size_t node) const { return node_parameters_[node].size; }
  std::size_t buffers_of(std::size_t node) const { return node_buffers_[node].size; }
  int64_t multiply_adds() const { return multiply_adds_; }

  // Whether each operator has a fused form.
  bool has_fused_form() const;
  // Throws InvalidArgument if the tensors do not fit the graph or each other.
  void check(const at::Tensor& x, ops::Tensors parameters, ops::Tensors buffers) const;

  // The reference executor: ATen operators, differentiable by autograd, on any device and floating
  // type. x (B, C, T) or (B, C); tensors in the order of parameters() and buffers().
  std::vector<at::Tensor> forward(const at::Tensor& x, ops::Tensors parameters,
                                  ops::Tensors buffers, bool training) const;

 private:
  struct Range {
    std::size_t begin, size;
  };

  std::vector<Node> nodes_;
  std::vector<const ops::Operator*> operators_;
  std::vector<Range> node_parameters_, node_buffers_;
  std::vector<ops::Shape> shapes_;
  std::vector<ops::TensorSpec> parameters_, buffers_;
  std::vector<int64_t> outputs_;
  int64_t multiply_adds_ = 0;
};

// A graph with its tensors, in the order of its parameters() and buffers().
struct BoundGraph {
  std::shared_ptr<const Graph> graph;
  std::vector<at::Tensor> parameters;
  std::vector<at::Tensor> buffers;
};

// Initial values for the specs, drawn from the generator (PyTorch's default if there is none).
std::vector<at::Tensor> initial_values(const std::vector<ops::TensorSpec>& specs,
                                       std::optional<at::Generator> generator);

constexpr std::size_t kCachedGraphs = 1024;
// Parses a text. The graphs of up to kCachedGraphs texts are cached.
std::shared_ptr<const Graph> parsed(const std::string& text);

}  // namespace dt4ecg::nn
