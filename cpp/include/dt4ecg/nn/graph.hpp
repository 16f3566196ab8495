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

// One use of an operator. Value 0 is the graph's input, value i + 1 the output of node i.
struct Node {
  std::string op;
  std::string name;  // prefix of its parameters, e.g. "conv1"; letters, digits and underscores
  std::vector<int64_t> inputs;
  ops::Attributes attributes;
};

// A part of a network as data: checked when it is written, run by executors, kept as text.
class Graph {
 public:
  explicit Graph(ops::Shape input);

  // Appends a node and returns its value. Throws std::invalid_argument where it does not fit.
  int64_t add(Node node);
  void set_outputs(std::vector<int64_t> values);  // the last value unless set

  // The text form: "input channels=1 length=300", a line a node such as
  // "conv_norm conv1 0 channels=32 kernel=3 relu=1 stride=2", then "output 1".
  static Graph parse(const std::string& text);
  std::string text() const;

  ops::Shape input() const { return shapes_.front(); }
  ops::Shape shape(int64_t value) const { return shapes_.at(static_cast<size_t>(value)); }
  const std::vector<Node>& nodes() const { return nodes_; }
  const std::vector<int64_t>& outputs() const { return outputs_; }
  const std::vector<ops::TensorSpec>& parameters() const { return parameters_; }
  const std::vector<ops::TensorSpec>& buffers() const { return buffers_; }
  size_t parameters_of(size_t node) const { return node_parameters_[node].size; }
  size_t buffers_of(size_t node) const { return node_buffers_[node].size; }
  int64_t multiply_adds() const { return multiply_adds_; }

  // Whether each operator has loops of its own.
  bool has_fused_form() const;
  // Throws ValueError where tensors do not fit the graph or each other.
  void check(const at::Tensor& x, ops::Tensors parameters, ops::Tensors buffers) const;

  // The reference executor: plain ATen, differentiable by autograd, on any device and floating
  // type. x (B, C, T) or (B, C); tensors in the order of parameters() and buffers().
  std::vector<at::Tensor> forward(const at::Tensor& x, ops::Tensors parameters,
                                  ops::Tensors buffers, bool training) const;

 private:
  struct Range {
    size_t begin, size;
  };

  std::vector<Node> nodes_;
  std::vector<const ops::Operator*> operators_;
  std::vector<Range> node_parameters_, node_buffers_;
  std::vector<ops::Shape> shapes_;
  std::vector<ops::TensorSpec> parameters_, buffers_;
  std::vector<int64_t> outputs_;
  int64_t multiply_adds_ = 0;
};

// A graph with the tensors that it works on, in the order of its parameters() and buffers().
struct BoundGraph {
  std::shared_ptr<const Graph> graph;
  std::vector<at::Tensor> parameters;
  std::vector<at::Tensor> buffers;
};

// Fresh tensors for the specs, drawn from the generator (torch's default one if undefined).
std::vector<at::Tensor> initial_values(const std::vector<ops::TensorSpec>& specs,
                                       std::optional<at::Generator> generator);

// The parsed graph of a text, remembered, so that each is parsed once; of very many, some again.
constexpr size_t kGraphsRemembered = 1024;
std::shared_ptr<const Graph> parsed(const std::string& text);

}  // namespace dt4ecg::nn
