#pragma once

#include <ATen/core/Tensor.h>

#include <span>
#include <vector>

#include "nn/layout.hpp"

namespace dt4ecg::nn {

// The training executor: one forward and one walk backwards with one cotangent per task, which are
// the layout's outputs. Memory is laid out once.
template <class Scalar>
class Walk : public Layout<Scalar> {
 public:
  // capacity: the largest batch. input_cotangent: whether that of x will be asked for.
  Walk(const std::vector<BoundGraph>& chain, int64_t capacity, bool input_cotangent = false);
  // Whether the tensors still lie where they were bound and the same are trained; else build
  // another.
  bool current() const;

  void forward(const at::Tensor& x, bool training);
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
  using Layout<Scalar>::batch_, Layout<Scalar>::capacity_, Layout<Scalar>::values_,
      Layout<Scalar>::nodes_, Layout<Scalar>::outputs_;
  using Layout<Scalar>::view;

  // Of a value, on the way back.
  struct Route {
    std::vector<size_t> tasks;                 // those that it reaches
    std::vector<ops::Map<Scalar>> cotangents;  // of each of them; that of the sum takes the first
    bool wanted = false;                       // whether its cotangent leads to anything
  };
  // Of a node.
  struct Visit {
    std::vector<ptrdiff_t> trained;  // per parameter, its index in trained_; -1 if frozen
    std::vector<ops::Cotangents<Scalar>> of_tasks, of_sum;
  };
  struct Trained {
    size_t node, index_in_node;
    int64_t offset, size;  // in gradients_
  };

  void find_routes(bool input_cotangent);
  void plan_cotangents();
  void plan_backward(bool sum);
  void run_backward(size_t node, std::span<const ops::Cotangents<Scalar>> cotangents);
  void clear_gradients(size_t task, size_t begin, size_t end);
  bool written(size_t value, size_t task, size_t from) const;
  const std::vector<size_t>& tasks_of(size_t node) const { return routes_[node + 1].tasks; }

  bool training_ = false;
  std::vector<const void*> addresses_;  // of all tensors when they were bound
  std::vector<Route> routes_;
  std::vector<Visit> visits_;
  std::vector<Trained> trained_;
  std::vector<ops::Buffer<Scalar>> gradients_;  // per task; of the sum in the first
  ops::Buffer<Scalar> scratch_, summed_;
  size_t sum_below_ = 0;  // nodes below have the gradient of the sum
};

}  // namespace dt4ecg::nn
