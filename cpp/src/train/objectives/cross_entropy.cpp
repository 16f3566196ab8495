#include "train/objectives/cross_entropy.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "ops/cross_entropy.hpp"

namespace dt4ecg::train {

namespace {

// Logits (B, classes) on any device, labels (B,) on the CPU; sample_weight (B,) may be undefined.
TaskLoss task_loss(const at::Tensor& logits, const at::Tensor& labels_on_cpu,
                   const at::Tensor& weight_of_samples, double label_smoothing) {
  const at::Tensor labels = labels_on_cpu.contiguous().to(logits.device());
  const at::Tensor sample_weight =
      weight_of_samples.defined() ? weight_of_samples.to(logits.device()) : at::Tensor();
  at::Tensor weight = labels.ne(ops::kMissing).to(at::kFloat);
  if (sample_weight.defined()) {
    weight = weight * sample_weight;
  }
  TaskLoss found;
  found.labelled = weight.sum().item<double>();
  if (!(found.labelled > 0)) {
    return found;
  }
  found.correct = (logits.detach().argmax(1).eq(labels) * weight).sum().item<double>();
  found.value = ops::cross_entropy(logits, labels, sample_weight, label_smoothing);
  found.loss = found.value.item<double>();
  return found;
}

at::Tensor labels_of(const Targets& targets, std::size_t task) {
  return targets.arrays.front().select(1, static_cast<int64_t>(task));
}

}  // namespace

CrossEntropy::CrossEntropy(std::vector<int64_t> classes, double label_smoothing,
                           const std::vector<std::vector<float>>& class_weights)
    : Objective(std::move(classes)), label_smoothing_(label_smoothing), class_weights_(tasks()) {
  require(label_smoothing >= 0 && label_smoothing < 1, "trainer", "label_smoothing",
          "label_smoothing must be at least 0 and below 1, got ", label_smoothing);
  require(class_weights.empty() || class_weights.size() == tasks(), "trainer", "class_weights",
          "takes weights for ", tasks(), " tasks, got ", class_weights.size());
  for (std::size_t task = 0; task < class_weights.size(); ++task) {
    const std::vector<float>& weights = class_weights[task];
    if (weights.empty()) {
      continue;
    }
    require(std::ssize(weights) == this->classes()[task], "trainer", "class_weights", "task ", task,
            " takes one weight per class, ", this->classes()[task], ", got ", weights.size());
    require(std::all_of(weights.begin(), weights.end(),
                        [](float w) { return std::isfinite(w) && w >= 0; }),
            "trainer", "class_weights", "weights of task ", task, " must be finite and at least 0");
    class_weights_[task] = at::tensor(weights, at::kFloat);
  }
}

at::Tensor CrossEntropy::weight_of(std::size_t task, const at::Tensor& labels,
                                   const at::Tensor& sample_weight) const {
  const at::Tensor& of_classes = class_weights_[task];
  if (!of_classes.defined()) {
    return sample_weight;
  }
  // An unknown label takes any weight here, since the loss leaves it out.
  const at::Tensor of_samples = of_classes.index_select(0, labels.clamp_min(0));
  return sample_weight.defined() ? sample_weight * of_samples.to(sample_weight.device())
                                 : of_samples;
}

void CrossEntropy::check(const Targets& targets, int64_t segments) const {
  const auto count = static_cast<int64_t>(tasks());
  require(targets.arrays.size() == 1, "trainer", "labels",
          "cross_entropy takes one array of labels, got ", targets.arrays.size());
  const at::Tensor& labels = targets.arrays.front();
  require(labels.sizes() == at::IntArrayRef({segments, count}) &&
              labels.scalar_type() == at::kLong && labels.is_cpu(),
          "trainer", "labels", "takes int64 labels (", segments, ", ", count, ") on the CPU");
  for (int64_t task = 0; task < count; ++task) {
    const at::Tensor own = labels.select(1, task);
    const int64_t last = classes()[static_cast<std::size_t>(task)] - 1;
    require(own.min().item<int64_t>() >= ops::kMissing && own.max().item<int64_t>() <= last,
            "trainer", "labels", "labels of task ", task, " must lie in -1 (unknown) to ", last);
  }
}

std::vector<TaskLoss> CrossEntropy::losses(const Outputs& outputs, const Targets& targets) const {
  std::vector<TaskLoss> found;
  for (std::size_t task = 0; task < outputs.logits.size(); ++task) {
    const at::Tensor labels = labels_of(targets, task);
    found.push_back(task_loss(outputs.logits[task], labels,
                              weight_of(task, labels, targets.sample_weight), label_smoothing_));
  }
  return found;
}

// Logits are contiguous float32 on the CPU, as the walk has them.
std::vector<TaskLoss> CrossEntropy::cotangents(const Outputs& outputs, const Targets& targets,
                                               const CotangentOf& cotangent) const {
  std::vector<TaskLoss> found;
  for (std::size_t task = 0; task < outputs.logits.size(); ++task) {
    const at::Tensor& logits = outputs.logits[task];
    const at::Tensor labels = labels_of(targets, task);
    const at::Tensor weight = weight_of(task, labels, targets.sample_weight);
    const ops::TaskBatch batch = ops::cross_entropy<float>(
        {logits.const_data_ptr<float>(), logits.size(0), logits.size(1),
         labels.const_data_ptr<int64_t>(), labels.stride(0),
         weight.defined() ? weight.const_data_ptr<float>() : nullptr},
        label_smoothing_, cotangent(task, task).mutable_data_ptr<float>());
    found.push_back({batch.labelled, batch.correct, batch.loss, {}});
  }
  return found;
}

std::vector<TaskLoss> CrossEntropy::evaluate(const Outputs& outputs, const Targets& targets) const {
  std::vector<TaskLoss> found;
  for (std::size_t task = 0; task < outputs.logits.size(); ++task) {
    found.push_back(task_loss(outputs.logits[task], labels_of(targets, task), /*sample_weight=*/{},
                              /*label_smoothing=*/0));
  }
  return found;
}

}  // namespace dt4ecg::train
