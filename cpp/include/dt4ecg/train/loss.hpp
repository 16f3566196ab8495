#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <limits>

namespace dt4ecg::train {

// Label of a sample that one task does not know.
constexpr int64_t kMissing = -1;

// Mean cross-entropy on logits (B, classes) over the labelled samples of one task, weighted by
// sample_weight (B,) if it is defined. labels (B,) int64, kMissing where unknown. The paper's
// equation 8 is the binary form; softmax belongs to the loss, so logits go in. smoothing: share of
// each label that is spread over all classes (Szegedy et al. 2016).
at::Tensor cross_entropy(const at::Tensor& logits, const at::Tensor& labels,
                         const at::Tensor& sample_weight, double smoothing);

// What a batch is to one task, each sample by its weight.
struct TaskBatch {
  double labelled = 0;  // sum of the weights of the labelled samples
  double correct = 0;   // of those that are predicted rightly
  double loss = std::numeric_limits<double>::quiet_NaN();  // mean over them; NaN without any
};

// Counts logits (B, classes) against labels, and gives the loss as a tensor that autograd can go
// back from; undefined without labelled samples. sample_weight may be undefined.
TaskBatch task_batch(const at::Tensor& logits, const at::Tensor& labels,
                     const at::Tensor& sample_weight, double smoothing, at::Tensor& loss);

// The same in one loop, float32 on the CPU, and the loss's gradient to seed (B, classes).
TaskBatch fused_task_batch(const at::Tensor& logits, const at::Tensor& labels,
                           const at::Tensor& sample_weight, double smoothing,
                           const at::Tensor& seed);

}  // namespace dt4ecg::train
