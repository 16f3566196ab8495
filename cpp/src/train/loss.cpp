#include "dt4ecg/train/loss.hpp"

#include <ATen/ops/cross_entropy_loss.h>

#include <algorithm>
#include <cmath>

namespace dt4ecg::train {

at::Tensor cross_entropy(const at::Tensor& logits, const at::Tensor& labels,
                         const at::Tensor& sample_weight) {
  if (!sample_weight.defined())
    return at::cross_entropy_loss(logits, labels, {}, at::Reduction::Mean, kMissing);
  const at::Tensor each = at::cross_entropy_loss(logits, labels, {}, at::Reduction::None, kMissing);
  const at::Tensor weight = sample_weight * labels.ne(kMissing);
  return (each * weight).sum() / weight.sum();
}

TaskBatch task_batch(const at::Tensor& logits, const at::Tensor& labels,
                     const at::Tensor& sample_weight, at::Tensor& loss) {
  at::Tensor weight = labels.ne(kMissing).to(at::kFloat);
  if (sample_weight.defined()) weight = weight * sample_weight;
  TaskBatch batch;
  batch.labelled = weight.sum().item<double>();
  loss = at::Tensor();
  if (!(batch.labelled > 0)) return batch;
  batch.correct = (logits.detach().argmax(1).eq(labels) * weight).sum().item<double>();
  loss = cross_entropy(logits, labels, sample_weight);
  batch.loss = loss.item<double>();
  return batch;
}

// loss = sum_b w_b (log sum_c exp z_bc - z_b,label) / W,  dz_bc = w_b (softmax(z_b)_c - [c =
// label]) / W,  with W = sum_b w_b over the labelled samples.
TaskBatch fused_task_batch(const at::Tensor& logits, const at::Tensor& labels,
                           const at::Tensor& sample_weight, const at::Tensor& seed) {
  const int64_t size = logits.size(0), classes = logits.size(1);
  const auto label = labels.accessor<int64_t, 1>();
  const auto weight = [&](int64_t b) {
    if (label[b] == kMissing) return 0.0f;
    return sample_weight.defined() ? sample_weight.const_data_ptr<float>()[b] : 1.0f;
  };
  TaskBatch batch;
  for (int64_t b = 0; b < size; ++b) batch.labelled += weight(b);
  auto* gradient = seed.mutable_data_ptr<float>();
  if (!(batch.labelled > 0)) {
    std::fill_n(gradient, size * classes, 0.0f);
    return batch;
  }
  batch.loss = 0;
  const auto* z = logits.const_data_ptr<float>();
  for (int64_t b = 0; b < size; ++b, z += classes, gradient += classes) {
    if (label[b] == kMissing) {
      std::fill_n(gradient, classes, 0.0f);
      continue;
    }
    const float* highest = std::max_element(z, z + classes);
    double sum = 0;
    for (int64_t c = 0; c < classes; ++c) sum += std::exp(static_cast<double>(z[c] - *highest));
    const double share = weight(b) / batch.labelled;
    for (int64_t c = 0; c < classes; ++c) {
      const double probability = std::exp(static_cast<double>(z[c] - *highest)) / sum;
      gradient[c] = static_cast<float>(share * (probability - (c == label[b])));
    }
    batch.loss += share * (std::log(sum) + *highest - z[label[b]]);
    if (highest - z == label[b]) batch.correct += weight(b);
  }
  return batch;
}

}  // namespace dt4ecg::train
