#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <vector>

#include "dt4ecg/nn/graph.hpp"
#include "ops/fused.hpp"

namespace dt4ecg::nn {

// Base of the executors that run fused loops. It lays out a chain of graphs in memory for batches
// of up to `capacity`; each graph reads the first output of the graph before it. The outputs are
// those of the last graph. A node without fused loops runs its ATen reference.
template <class Scalar>
class Layout {
 public:
  enum class Purpose { training, inference };

  Layout(const std::vector<BoundGraph>& chain, int64_t capacity, Purpose purpose);
  Layout(const Layout&) = delete;
  Layout& operator=(const Layout&) = delete;

  // Whether all tensors are on the CPU, contiguous and of type Scalar.
  static bool supports(const std::vector<BoundGraph>& chain);
  std::size_t outputs() const { return outputs_.size(); }
  std::size_t nodes() const { return nodes_.size(); }

  // Copies x (B, C, T) to the memory of the input.
  void take(const at::Tensor& x);
  // A view (B, C, T) or (B, C) that the next run overwrites.
  at::Tensor output(std::size_t index) const { return view(outputs_[index]); }
  // The input of the last graph, as such a view. If that graph is the heads, these are the
  // features.
  at::Tensor features() const { return view(features_); }
  // The node that runs at this position.
  ops::Fused<Scalar>& node(std::size_t index) { return *nodes_[index].fused; }
  // Calls step(node) for all nodes on the segments [first, first + count) of x, and copies their
  // results to `outputs`.
  template <class Step>
  void run(const at::Tensor& x, int64_t first, int64_t count,
           const std::vector<at::Tensor>& outputs, const Step& step) {
    take(x.narrow(0, first, count));
    for (const Node& node : nodes_) {
      step(*node.fused);
    }
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      outputs[i].narrow(0, first, count).copy_(output(i));
    }
  }

 protected:
  struct Value {
    ops::Shape shape;
    ops::Map<Scalar> map;
  };
  struct Node {
    std::unique_ptr<ops::Fused<Scalar>> fused;
    std::vector<std::size_t> inputs;
    std::size_t output = 0;
    std::vector<at::Tensor> parameters, buffers;
  };

  at::Tensor view(std::size_t value) const;
  ops::Map<Scalar> allocate(int64_t length, int64_t channels, int64_t halo);

  int64_t capacity_, batch_;
  std::vector<Value> values_;  // node n makes value n + 1; value 0 is the input
  std::vector<Node> nodes_;
  std::vector<std::size_t> outputs_;
  std::size_t features_ = 0;

 private:
  void add_graph(const BoundGraph& part, std::size_t input);
  void bind(Node& node, const nn::Node& source, Purpose purpose);

  std::vector<ops::Buffer<Scalar>> memory_;
};

}  // namespace dt4ecg::nn
