#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <limits>

namespace dt4ecg::ops {

// The label of a sample whose class is unknown for a task.
constexpr int64_t kMissing = -1;

// The logits (samples, classes) and labels of one task. Labels lie `label_stride` apart. Weights
// are null if all of them are 1.
template <class Scalar>
struct LabelledLogits {
  const Scalar* logits = nullptr;
  int64_t samples = 0, classes = 0;
  const int64_t* labels = nullptr;
  int64_t label_stride = 1;
  const float* weights = nullptr;
};

// The scores of one task on a batch. Each sample counts with its weight.
struct TaskBatch {
  double labelled = 0;  // sum of the weights of the labelled samples
  double correct = 0;   // sum over the correctly predicted ones
  double loss = std::numeric_limits<double>::quiet_NaN();  // mean over the labelled ones; NaN if
                                                           // there are none
};

// Mean cross-entropy on logits over the labelled samples, weighted, and its gradient (samples,
// classes), in one loop. smoothing is the fraction of each label that is spread over all classes
// (Szegedy et al. 2016). The paper's equation 8 is the binary form. The loss contains the softmax,
// so its input are logits.
template <class Scalar>
TaskBatch cross_entropy(const LabelledLogits<Scalar>& batch, double smoothing, Scalar* gradient);

// The same loss as a differentiable function of tensors: logits (B, classes) of any device and
// floating type, labels (B,) int64, sample_weight (B,) float32 or undefined. Ordinary float32 and
// float64 tensors on the CPU use the loop (torch.ops.dt4ecg.cross_entropy); all others use the
// reference.
at::Tensor cross_entropy(const at::Tensor& logits, const at::Tensor& labels,
                         const at::Tensor& sample_weight, double smoothing);

// The reference, composed of ATen operators.
at::Tensor cross_entropy_reference(const at::Tensor& logits, const at::Tensor& labels,
                                   const at::Tensor& sample_weight, double smoothing);

}  // namespace dt4ecg::ops
