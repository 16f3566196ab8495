#include "dt4ecg/train/loss.hpp"

#include <ATen/ops/cross_entropy_loss.h>

#include <algorithm>
#include <cmath>

namespace dt4ecg::train {

at::Tensor cross_entropy(const at::Tensor& logits, const at::Tensor& labels,
                         const at::Tensor& sample_weight, double smoothing) {
  const auto loss = [&](int64_t reduction) {
    return at::cross_entropy_loss(logits, labels, {}, reduction, kMissing, smoothing);
  };
  if (!sample_weight.defined()) return loss(at::Reduction::Mean);
  const at::Tensor each = loss(at::Reduction::None);
  const at::Tensor weight = sample_weight * labels.ne(kMissing);
  return (each * weight).sum() / weight.sum();
}

TaskBatch task_batch(const at::Tensor& logits, const at::Tensor& labels,
                     const at::Tensor& sample_weight, double smoothing, at::Tensor& loss) {
  at::Tensor weight = labels.ne(kMissing).to(at::kFloat);
  if (sample_weight.defined()) weight = weight * sample_weight;
  TaskBatch batch;
  batch.labelled = weight.sum().item<double>();
  loss = at::Tensor();
  if (!(batch.labelled > 0)) return batch;
  batch.correct = (logits.detach().argmax(1).eq(labels) * weight).sum().item<double>();
  loss = cross_entropy(logits, labels, sample_weight, smoothing);
  batch.loss = loss.item<double>();
  return batch;
}

// loss = sum_b w_b (log sum_c exp z_bc - sum_c q_bc z_bc) / W,  dz_bc = w_b (softmax(z_b)_c - q_bc)
// / W,  with W = sum_b w_b over the labelled samples and q_bc = (1 - s) [c = label] + s / classes.
TaskBatch fused_task_batch(const at::Tensor& logits, const at::Tensor& labels,
                           const at::Tensor& sample_weight, double smoothing,
                           const at::Tensor& seed) {
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
    double expected = 0;  // logit under q
    for (int64_t c = 0; c < classes; ++c) {
      const double probability = std::exp(static_cast<double>(z[c] - *highest)) / sum;
      const double target =
          (1 - smoothing) * (c == label[b]) + smoothing / static_cast<double>(classes);
      gradient[c] = static_cast<float>(share * (probability - target));
      expected += target * z[c];
    }
    batch.loss += share * (std::log(sum) + *highest - expected);
    if (highest - z == label[b]) batch.correct += weight(b);
  }
  return batch;
}

}  // namespace dt4ecg::train
