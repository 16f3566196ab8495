#pragma once

#include "ops/cross_entropy.hpp"

namespace dt4ecg::train {

using ops::kMissing;
using ops::TaskBatch;

// Counts logits (B, classes) against labels, and gives the loss as a tensor that autograd can go
// back from; undefined without labelled samples. sample_weight may be undefined.
TaskBatch task_batch(const at::Tensor& logits, const at::Tensor& labels,
                     const at::Tensor& sample_weight, double smoothing, at::Tensor& loss);

}  // namespace dt4ecg::train
