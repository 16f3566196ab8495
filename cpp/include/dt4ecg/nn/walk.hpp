#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "dt4ecg/nn/graph.hpp"
#include "dt4ecg/ops/fused.hpp"
#include "dt4ecg/ops/reference.hpp"

namespace dt4ecg::nn {

// A graph with the tensors that it works on, in the order of its parameters() and buffers().
struct BoundGraph {
  std::shared_ptr<const Graph> graph;
  std::vector<at::Tensor> parameters;
  std::vector<at::Tensor> buffers;
};

// The training executor: one forward and one walk backwards over a chain of graphs, each fed with
// the first output of the one before, with one cotangent per task. Nodes run their fused loops on
// memory that is laid out once; one without such loops runs its ATen reference. The tasks are the
// last graph's outputs. On the CPU, where all tensors are contiguous and of one precision.
template <class Scalar>
class Walk {
 public:
  // capacity: the largest batch. input_cotangent: whether that of x will be asked for.
  Walk(const std::vector<BoundGraph>& chain, int64_t capacity, bool input_cotangent = false);
  Walk(const Walk&) = delete;
  Walk& operator=(const Walk&) = delete;

  static bool supports(const std::vector<BoundGraph>& chain);
  // Whether the tensors still lie where they were bound; else build another.
  bool current() const;
  size_t tasks() const { return outputs_.size(); }
  size_t nodes() const { return nodes_.size(); }
  bool all_fused() const;

  // x (B, C, T) -> outputs; each (B, C, T) or (B, C), a view that the next forward writes over.
  void forward(const at::Tensor& x, bool training);
  at::Tensor output(size_t task) const { return view(outputs_[task]); }
  // To be filled with the cotangent of output(task) before going backwards.
  at::Tensor seed(size_t task) const;
  at::Tensor input_cotangent() const;  // of the sum of the tasks

  // Backwards through the nodes from the last one to `down_to`, with one cotangent per task.
  void backward_tasks(size_t down_to = 0);
  // Brings the tasks' cotangents above node `from` together as sum_i weights[i] cotangent_i and
  // goes on with this one through the nodes below it.
  void backward_sum(std::span<const float> weights, size_t from);

  // Over the parameters, in the order of the chain, those without requires_grad left out.
  size_t parameters() const { return trained_.size(); }
  size_t node_of(size_t parameter) const { return trained_[parameter].node; }
  bool reaches(size_t task, size_t parameter) const;
  // Inner products (tasks, tasks) over some parameters of nodes that backward_tasks has visited.
  std::vector<double> gram(std::span<const size_t> parameters) const;
  // sum_i weights[i] gradient_i, or what backward_sum found.
  void gradient(size_t parameter, std::span<const float> weights, const at::Tensor& to);

 private:
  struct Value {
    ops::Shape shape;
    ops::Map<Scalar> map;
    std::vector<size_t> tasks;                 // those that it reaches
    std::vector<ops::Map<Scalar>> cotangents;  // of each of them; that of the sum takes the first
    bool wanted = false;                       // whether its cotangent leads to anything
  };
  struct Node {
    std::unique_ptr<ops::Fused<Scalar>> fused;
    bool reference = false;
    std::vector<size_t> inputs;
    size_t output = 0;
    std::vector<ptrdiff_t> trained;  // per parameter, its index in trained_; -1 if frozen
    std::vector<ops::Cotangents<Scalar>> of_tasks, of_sum;
  };
  struct Trained {
    size_t node, index_in_node;
    int64_t offset, size;  // in gradients_
  };

  void add_values(const std::vector<BoundGraph>& chain, bool input_cotangent);
  void add_nodes(const std::vector<BoundGraph>& chain);
  void plan_cotangents();
  void plan_backward(bool sum);
  void run_backward(Node& node, std::span<const ops::Cotangents<Scalar>> cotangents);
  void clear_gradients(size_t task, size_t begin, size_t end);
  bool written(size_t value, size_t task, size_t from) const;
  at::Tensor view(size_t value) const;

  int64_t capacity_, batch_ = 0;
  bool training_ = false;
  std::vector<at::Tensor> tensors_;  // parameters and buffers, and where their data was
  std::vector<const void*> addresses_;
  std::vector<Value> values_;
  std::vector<Node> nodes_;
  std::vector<Trained> trained_;
  std::vector<size_t> outputs_;
  std::vector<ops::Buffer<Scalar>> memory_;
  std::vector<ops::Buffer<Scalar>> gradients_;  // per task; of the sum in the first
  ops::Buffer<Scalar> scratch_, summed_;
  size_t sum_below_ = 0;  // nodes below have the gradient of the sum
};

}  // namespace dt4ecg::nn
