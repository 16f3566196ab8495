#pragma once

#include <ATen/core/Tensor.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

namespace dt4ecg::train {

// Outputs of a network for a batch. An index of an output counts the logits first; the index
// logits.size() is that of the features.
struct Outputs {
  std::vector<at::Tensor> logits;  // (B, classes) per task of the network
  at::Tensor features;             // (B, channels), which all heads share; undefined without any

  std::vector<at::Tensor> all() const;  // in the order of the index
};

// Targets of N segments.
struct Targets {
  std::vector<at::Tensor> arrays;  // (N, ...) each
  at::Tensor sample_weight;        // (N,) float32, or undefined

  // The rows of a batch. An array stays on its device.
  Targets rows(const at::Tensor& indices) const;
  Targets rows(int64_t begin, int64_t size) const;
};

// The loss of one task over a batch.
struct TaskLoss {
  double labelled = 0;  // sum of the weights of the samples that have a target; 0: none has one
  double correct = std::numeric_limits<double>::quiet_NaN();  // of those predicted correctly
  double loss = std::numeric_limits<double>::quiet_NaN();     // mean over the samples
  at::Tensor value;  // the same loss for autograd; undefined without a target
};

// Returns the memory for the gradient of a task's loss with respect to an output (B, ...).
using CotangentOf = std::function<at::Tensor(std::size_t task, std::size_t output)>;

// An objective computes one loss per task from the outputs of the network and the targets. A new
// objective derives from this class, in a file of its own, and defines check() and losses(). Its
// tasks need not be those of the network.
class Objective {
 public:
  // classes: for each loss the number of classes, or 0 if it is not a cross-entropy.
  explicit Objective(std::vector<int64_t> classes) : classes_(std::move(classes)) {}
  virtual ~Objective() = default;

  const std::vector<int64_t>& classes() const { return classes_; }
  std::size_t tasks() const { return classes_.size(); }

  // Throws InvalidArgument if the targets do not fit `segments` segments.
  virtual void check(const Targets& targets, int64_t segments) const = 0;

  // The losses of a training step. Each `value` is a scalar that autograd can differentiate with
  // respect to the outputs.
  virtual std::vector<TaskLoss> losses(const Outputs& outputs, const Targets& targets) const = 0;

  // The losses of a training step and their gradients with respect to the outputs, which are
  // written to cotangent(task, output). A pair that is not asked for has a gradient of 0. By
  // default autograd differentiates losses().
  virtual std::vector<TaskLoss> cotangents(const Outputs& outputs, const Targets& targets,
                                           const CotangentOf& cotangent) const;

  // The losses on validation data, without autograd; by default losses().
  virtual std::vector<TaskLoss> evaluate(const Outputs& outputs, const Targets& targets) const;

  // Indexes of the outputs that a loss may depend on. Without a value every output is possible, and
  // a training that needs to know it differentiates the losses of a batch.
  virtual std::optional<std::vector<std::size_t>> outputs_of(std::size_t) const { return {}; }

 private:
  std::vector<int64_t> classes_;
};

}  // namespace dt4ecg::train
