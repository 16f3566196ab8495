#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <limits>

namespace dt4ecg::ops {

// Label of a sample that a task does not know.
constexpr int64_t kMissing = -1;

// Logits (samples, classes) of one task; labels `label_stride` apart; weights null where all are 1.
template <class Scalar>
struct LabelledLogits {
  const Scalar* logits = nullptr;
  int64_t samples = 0, classes = 0;
  const int64_t* labels = nullptr;
  int64_t label_stride = 1;
  const float* weights = nullptr;
};

// What a batch is to one task, each sample by its weight.
struct TaskBatch {
  double labelled = 0;  // sum of the weights of the labelled samples
  double correct = 0;   // of those that are predicted rightly
  double loss = std::numeric_limits<double>::quiet_NaN();  // mean over them; NaN without any
};

// Mean cross-entropy on logits over the labelled samples, weighted, and its gradient (samples,
// classes), in one loop. smoothing: share of each label that is spread over all classes (Szegedy et
// al. 2016). The paper's equation 8 is the binary form; softmax belongs to the loss, so logits go
// in.
template <class Scalar>
TaskBatch cross_entropy(const LabelledLogits<Scalar>& batch, double smoothing, Scalar* gradient);

// The same of tensors, to go back from by autograd: logits (B, classes) of any device and floating
// type, labels (B,) int64, sample_weight (B,) float32 or undefined. By the loop, as
// torch.ops.dt4ecg.cross_entropy, for plain float32 and float64 on the CPU; else by the reference.
at::Tensor cross_entropy(const at::Tensor& logits, const at::Tensor& labels,
                         const at::Tensor& sample_weight, double smoothing);

// Its ATen composition.
at::Tensor cross_entropy_reference(const at::Tensor& logits, const at::Tensor& labels,
                                   const at::Tensor& sample_weight, double smoothing);

}  // namespace dt4ecg::ops
