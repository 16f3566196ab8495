#include "train/loss.hpp"

namespace dt4ecg::train {

TaskBatch task_batch(const at::Tensor& logits, const at::Tensor& labels,
                     const at::Tensor& sample_weight, double smoothing, at::Tensor& loss) {
  at::Tensor weight = labels.ne(kMissing).to(at::kFloat);
  if (sample_weight.defined()) weight = weight * sample_weight;
  TaskBatch batch;
  batch.labelled = weight.sum().item<double>();
  loss = at::Tensor();
  if (!(batch.labelled > 0)) return batch;
  batch.correct = (logits.detach().argmax(1).eq(labels) * weight).sum().item<double>();
  loss = ops::cross_entropy(logits, labels, sample_weight, smoothing);
  batch.loss = loss.item<double>();
  return batch;
}

}  // namespace dt4ecg::train
