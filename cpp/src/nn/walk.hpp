#pragma once

#include <ATen/core/Tensor.h>

#include <span>
#include <vector>

#include "nn/layout.hpp"

namespace dt4ecg::nn {

struct WalkOptions {
  bool input_cotangent = false;  // whether the cotangent of x is needed
  // For each task the outputs that its loss depends on; the index outputs() means the features. If
  // this is empty, there is one task per output.
  std::vector<std::vector<std::size_t>> outputs_of_tasks = {};
};

// The training executor: one forward pass, and one backward pass that carries one cotangent per
// task. A task is a loss of one or several outputs. Memory is laid out once.
template <class Scalar>
class Walk : public Layout<Scalar> {
 public:
  // capacity: the largest batch.
  Walk(const std::vector<BoundGraph>& chain, int64_t capacity, const WalkOptions& options = {});
  std::size_t tasks() const { return outputs_of_tasks_.size(); }
  // Whether the walk is still valid: the tensors lie where they were bound, and the same ones are
  // trained. If not, the caller builds another walk.
  bool current() const;

  void forward(const at::Tensor& x, bool training);
  // The gradient of a task's loss with respect to an output that it depends on. The caller writes
  // it before the backward pass.
  at::Tensor output_cotangent(std::size_t task, std::size_t output) const;
  at::Tensor input_cotangent() const;  // of the sum of the losses

  // The backward pass has two parts. Nodes from `cut` on carry one cotangent per task; the nodes
  // before it carry the cotangent of sum_i weights[i] loss_i. The second part may be run alone,
  // with cut = nodes().
  void backward_tasks(std::size_t cut = 0);
  void backward_sum(std::span<const float> weights, std::size_t cut);

  // Parameters are counted in the order of the chain, without those that do not require gradients.
  std::size_t parameters() const { return trained_.size(); }
  std::size_t node_of(std::size_t parameter) const { return trained_[parameter].node; }
  bool reaches(std::size_t task, std::size_t parameter) const;
  // Whether the gradient of an output reaches a parameter.
  bool output_reaches(std::size_t output, std::size_t parameter) const;
  // Inner products (tasks, tasks) over some parameters of nodes that backward_tasks has visited.
  std::vector<double> gram(std::span<const std::size_t> parameters) const;
  // sum_i weights[i] gradient_i for nodes from the cut on; before it, the result of backward_sum.
  void gradient(std::size_t parameter, std::span<const float> weights, const at::Tensor& to);

 private:
  using Layout<Scalar>::batch_, Layout<Scalar>::capacity_, Layout<Scalar>::values_,
      Layout<Scalar>::nodes_, Layout<Scalar>::outputs_, Layout<Scalar>::features_;
  using Layout<Scalar>::view;

  // A value in the backward pass.
  struct Route {
    std::vector<std::size_t> outputs;          // that depend on the value
    std::vector<std::size_t> tasks;            // whose losses may depend on the value
    std::vector<ops::Map<Scalar>> cotangents;  // one per task; the sum reuses the first
    bool wanted = false;                       // whether a trained parameter or x needs it
  };
  // A node in the backward pass.
  struct Visit {
    std::vector<ptrdiff_t> trained;  // per parameter, its index in trained_; -1 if frozen
    std::vector<ops::Cotangents<Scalar>> of_tasks, of_sum;
  };
  struct Trained {
    std::size_t node, index_in_node;
    int64_t offset, size;  // in gradients_
  };

  void find_outputs(const WalkOptions& options);
  void find_routes(bool input_cotangent);
  void plan_cotangents();
  void plan_backward(bool sum);
  void run_backward(std::size_t node, std::span<const ops::Cotangents<Scalar>> cotangents);
  void clear_gradients(std::size_t task, std::size_t begin, std::size_t end);
  bool written(std::size_t value, std::size_t task, std::size_t cut) const;
  const std::vector<std::size_t>& tasks_of(std::size_t node) const {
    return routes_[node + 1].tasks;
  }

  bool training_ = false;
  std::vector<const void*> addresses_;  // of all tensors when they were bound
  std::vector<std::size_t> exits_;      // the value of each output, then that of the features
  std::vector<std::vector<std::size_t>> outputs_of_tasks_;  // as in WalkOptions
  std::vector<Route> routes_;
  std::vector<Visit> visits_;
  std::vector<Trained> trained_;
  std::vector<ops::Buffer<Scalar>> gradients_;  // per task; before the cut, the first has the sum
  ops::Buffer<Scalar> scratch_, summed_;
  std::size_t cut_ = 0;
};

}  // namespace dt4ecg::nn
