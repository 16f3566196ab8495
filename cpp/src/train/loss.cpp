#include "dt4ecg/train/loss.hpp"

#include <ATen/ops/cross_entropy_loss.h>

namespace dt4ecg::train {

at::Tensor cross_entropy(const at::Tensor& logits, const at::Tensor& labels,
                         const at::Tensor& sample_weight) {
  if (!sample_weight.defined())
    return at::cross_entropy_loss(logits, labels, {}, at::Reduction::Mean, kMissing);
  const at::Tensor each = at::cross_entropy_loss(logits, labels, {}, at::Reduction::None, kMissing);
  const at::Tensor weight = sample_weight * labels.ne(kMissing);
  return (each * weight).sum() / weight.sum();
}

}  // namespace dt4ecg::train
