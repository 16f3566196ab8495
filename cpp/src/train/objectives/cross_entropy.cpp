#include "train/objectives/cross_entropy.hpp"

#include "base/error.hpp"
#include "ops/cross_entropy.hpp"

namespace dt4ecg::train {

namespace {

// Logits (B, classes) and labels (B,) on the same device; sample_weight (B,) may be undefined.
TaskLoss task_loss(const at::Tensor& logits, const at::Tensor& labels,
                   const at::Tensor& sample_weight, double label_smoothing) {
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

std::vector<TaskLoss> task_losses(const Outputs& outputs, const Targets& targets,
                                  const at::Tensor& sample_weight, double label_smoothing) {
  std::vector<TaskLoss> found;
  for (const at::Tensor& logits : outputs.logits) {
    const at::Tensor labels = targets.arrays.front().select(1, std::ssize(found));
    found.push_back(
        task_loss(logits, labels.contiguous().to(logits.device()), sample_weight, label_smoothing));
  }
  return found;
}

}  // namespace

CrossEntropy::CrossEntropy(std::vector<int64_t> classes, double label_smoothing)
    : Objective(std::move(classes)), label_smoothing_(label_smoothing) {
  require(label_smoothing >= 0 && label_smoothing < 1, "trainer", "label_smoothing",
          "label_smoothing must be at least 0 and below 1, got ", label_smoothing);
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
  return task_losses(outputs, targets, targets.sample_weight, label_smoothing_);
}

// Logits are contiguous float32 on the CPU, as the walk has them.
std::vector<TaskLoss> CrossEntropy::cotangents(const Outputs& outputs, const Targets& targets,
                                               const CotangentOf& cotangent) const {
  const at::Tensor& weight = targets.sample_weight;
  std::vector<TaskLoss> found;
  for (std::size_t task = 0; task < outputs.logits.size(); ++task) {
    const at::Tensor& logits = outputs.logits[task];
    const at::Tensor labels = targets.arrays.front().select(1, static_cast<int64_t>(task));
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
  return task_losses(outputs, targets, /*sample_weight=*/{}, /*label_smoothing=*/0);
}

}  // namespace dt4ecg::train
