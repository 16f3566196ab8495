#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace dt4ecg::train {

// Label of a sample that one task does not know.
constexpr int64_t kMissing = -1;

// Mean cross-entropy on logits (B, classes) over the labelled samples of one task, weighted by
// sample_weight (B,) if it is defined. labels (B,) int64, kMissing where unknown. The paper's
// equation 8 is the binary form; softmax belongs to the loss, so logits go in.
at::Tensor cross_entropy(const at::Tensor& logits, const at::Tensor& labels,
                         const at::Tensor& sample_weight);

}  // namespace dt4ecg::train
