#include "ops/cross_entropy.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/core/Reduction.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/alias.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/scalar_tensor.h>
#include <c10/core/impl/TorchDispatchModeTLS.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "ops/plain.hpp"

namespace dt4ecg::ops {

at::Tensor cross_entropy_reference(const at::Tensor& logits, const at::Tensor& labels,
                                   const at::Tensor& sample_weight, double smoothing) {
  const auto loss = [&](int64_t reduction) {
    return at::cross_entropy_loss(logits, labels, {}, reduction, kMissing, smoothing);
  };
  if (!sample_weight.defined()) {
    return loss(at::Reduction::Mean);
  }
  const at::Tensor each = loss(at::Reduction::None);
  const at::Tensor weight = sample_weight * labels.ne(kMissing);
  return (each * weight).sum() / weight.sum();
}

// loss = sum_b w_b (log sum_c exp z_bc - sum_c q_bc z_bc) / W,  dz_bc = w_b (softmax(z_b)_c - q_bc)
// / W,  with W = sum_b w_b over the labelled samples and q_bc = (1 - s) [c = label] + s / classes.
template <class Scalar>
TaskBatch cross_entropy(const LabelledLogits<Scalar>& batch, double smoothing, Scalar* gradient) {
  const int64_t classes = batch.classes;
  const auto label = [&](int64_t b) { return batch.labels[b * batch.label_stride]; };
  const auto weight = [&](int64_t b) {
    if (label(b) == kMissing) {
      return 0.0f;
    }
    return batch.weights ? batch.weights[b] : 1.0f;
  };
  TaskBatch found;
  for (int64_t b = 0; b < batch.samples; ++b) {
    found.labelled += weight(b);
  }
  if (!(found.labelled > 0)) {
    std::fill_n(gradient, batch.samples * classes, Scalar{0});
    return found;
  }
  found.loss = 0;
  const Scalar* z = batch.logits;
  for (int64_t b = 0; b < batch.samples; ++b, z += classes, gradient += classes) {
    if (label(b) == kMissing) {
      std::fill_n(gradient, classes, Scalar{0});
      continue;
    }
    const Scalar* highest = std::max_element(z, z + classes);
    double sum = 0;
    for (int64_t c = 0; c < classes; ++c) {
      sum += std::exp(static_cast<double>(z[c] - *highest));
    }
    const double fraction = weight(b) / found.labelled;
    double expected = 0;  // expected logit under q
    for (int64_t c = 0; c < classes; ++c) {
      const double probability = std::exp(static_cast<double>(z[c] - *highest)) / sum;
      const double target =
          (1 - smoothing) * (c == label(b)) + smoothing / static_cast<double>(classes);
      gradient[c] = static_cast<Scalar>(fraction * (probability - target));
      if (target > 0) {
        expected +=
            target * static_cast<double>(z[c]);  // the logit of an impossible class may be -inf
      }
    }
    found.loss += fraction * (std::log(sum) + static_cast<double>(*highest) - expected);
    if (highest - z == label(b)) {
      found.correct += weight(b);
    }
  }
  return found;
}

template TaskBatch cross_entropy(const LabelledLogits<float>&, double, float*);
template TaskBatch cross_entropy(const LabelledLogits<double>&, double, double*);

namespace {

using torch::autograd::AutogradContext;
using Weight = std::optional<at::Tensor>;
using LossAndGradient = std::tuple<at::Tensor, at::Tensor>;

void check(const at::Tensor& logits, const at::Tensor& labels, const Weight& weight,
           double smoothing) {
  const bool floating = logits.scalar_type() == at::kFloat || logits.scalar_type() == at::kDouble;
  if (!floating || logits.dim() != 2 || logits.sym_size(1) == 0) {
    throw_invalid("cross_entropy", "logits",
                  "logits must be float32 or float64 (batch, classes), got ", logits.scalar_type(),
                  " ", logits.sym_sizes(), "; call float() under autocast");
  }
  if (labels.dim() != 1 || labels.sym_size(0) != logits.sym_size(0) ||
      labels.scalar_type() != at::kLong || labels.device() != logits.device()) {
    throw_invalid("cross_entropy", "labels", "labels must be int64 (batch,) for logits of shape ",
                  logits.sym_sizes(), " on ", logits.device(), ", got ", labels.scalar_type(), " ",
                  labels.sym_sizes(), " on ", labels.device());
  }
  if (weight && (weight->dim() != 1 || weight->sym_size(0) != logits.sym_size(0) ||
                 weight->scalar_type() != at::kFloat || weight->device() != logits.device())) {
    throw_invalid("cross_entropy", "sample_weight",
                  "sample_weight must be float32 (batch,) for logits of shape ", logits.sym_sizes(),
                  ", got ", weight->scalar_type(), " ", weight->sym_sizes(), " on ",
                  weight->device());
  }
  if (!(smoothing >= 0 && smoothing < 1)) {  // NaN is refused, too
    throw_invalid("cross_entropy", "label_smoothing",
                  "label_smoothing must be at least 0 and below 1, got ", smoothing);
  }
}

template <class Scalar>
LossAndGradient by_the_loop(const at::Tensor& logits, const at::Tensor& labels,
                            const Weight& weight, double smoothing) {
  at::Tensor gradient = at::empty_like(logits);
  const TaskBatch found = cross_entropy<Scalar>(
      {logits.const_data_ptr<Scalar>(), logits.size(0), logits.size(1),
       labels.const_data_ptr<int64_t>(), 1, weight ? weight->const_data_ptr<float>() : nullptr},
      smoothing, gradient.mutable_data_ptr<Scalar>());
  return {at::scalar_tensor(found.loss, logits.options()), gradient};
}

LossAndGradient cross_entropy_cpu(const at::Tensor& logits, const at::Tensor& labels,
                                  const Weight& weight, double smoothing) {
  check(logits, labels, weight, smoothing);
  if (labels.numel() > 0) {
    const auto [least, most] = labels.aminmax();
    if (least.item<int64_t>() < kMissing || most.item<int64_t>() >= logits.size(1)) {
      throw_invalid("cross_entropy", "labels", "labels must lie in -1 (unknown) to ",
                    logits.size(1) - 1, ", got ", least.item<int64_t>(), " to ",
                    most.item<int64_t>());
    }
  }
  if (weight && !(weight->isfinite() & weight->ge(0)).all().item<bool>()) {
    throw_invalid("cross_entropy", "sample_weight", "sample_weight must be finite and at least 0");
  }
  const Weight plain = weight ? Weight(weight->contiguous()) : std::nullopt;
  return logits.scalar_type() == at::kDouble
             ? by_the_loop<double>(logits.contiguous(), labels.contiguous(), plain, smoothing)
             : by_the_loop<float>(logits.contiguous(), labels.contiguous(), plain, smoothing);
}

LossAndGradient cross_entropy_meta(const at::Tensor& logits, const at::Tensor& labels,
                                   const Weight& weight, double smoothing) {
  check(logits, labels, weight, smoothing);
  return {at::empty({}, logits.options()), at::empty_like(logits, at::MemoryFormat::Contiguous)};
}

LossAndGradient call(const at::Tensor& logits, const at::Tensor& labels, const Weight& weight,
                     double smoothing) {
  static const auto handle = c10::Dispatcher::singleton()
                                 .findSchemaOrThrow("dt4ecg::cross_entropy", "")
                                 .typed<decltype(cross_entropy_cpu)>();
  return handle.call(logits, labels, weight, smoothing);
}

struct CrossEntropy : torch::autograd::Function<CrossEntropy> {
  static std::vector<at::Tensor> forward(AutogradContext* context, const at::Tensor& logits,
                                         const at::Tensor& labels, const Weight& weight,
                                         double smoothing) {
    const at::AutoDispatchBelowADInplaceOrView below;
    auto [loss, gradient] = call(logits, labels, weight, smoothing);
    context->save_for_backward({logits, labels, weight.value_or(at::Tensor()), gradient});
    context->saved_data["smoothing"] = smoothing;
    context->mark_non_differentiable({gradient});
    return {loss, gradient};
  }

  static std::vector<at::Tensor> backward(AutogradContext* context,
                                          const std::vector<at::Tensor>& cotangents) {
    const auto saved = context->get_saved_variables();
    if (!at::GradMode::is_enabled()) {
      return {cotangents[0] * saved[3], {}, {}, {}};
    }
    // The caller needs a derivative that is itself differentiable.
    const at::Tensor logits = at::alias(saved[0]);
    const at::Tensor loss = cross_entropy_reference(logits, saved[1], saved[2],
                                                    context->saved_data["smoothing"].toDouble());
    return {torch::autograd::grad({loss}, {logits}, {cotangents[0]}, /*retain_graph=*/true,
                                  /*create_graph=*/true)[0],
            {},
            {},
            {}};
  }
};

LossAndGradient cross_entropy_autograd(const at::Tensor& logits, const at::Tensor& labels,
                                       const Weight& weight, double smoothing) {
  if (weight && weight->requires_grad()) {
    throw_invalid("cross_entropy", "sample_weight",
                  "sample_weight has no derivative here; detach() it");
  }
  auto found = CrossEntropy::apply(logits, labels, weight, smoothing);
  return {found[0], found[1]};
}

}  // namespace

at::Tensor cross_entropy(const at::Tensor& logits, const at::Tensor& labels,
                         const at::Tensor& sample_weight, double smoothing) {
  const bool weight_is_plain =
      !sample_weight.defined() || (is_plain(sample_weight) && !sample_weight.requires_grad() &&
                                   sample_weight.scalar_type() == at::kFloat);
  const bool fused = is_plain(logits) && is_plain(labels) && weight_is_plain &&
                     (logits.scalar_type() == at::kFloat || logits.scalar_type() == at::kDouble) &&
                     !c10::impl::TorchDispatchModeTLS::any_modes_set();
  if (!fused) {
    return cross_entropy_reference(logits, labels, sample_weight, smoothing);
  }
  return std::get<0>(call(
      logits, labels, sample_weight.defined() ? Weight(sample_weight) : std::nullopt, smoothing));
}

TORCH_LIBRARY_FRAGMENT(dt4ecg, library) {
  library.def(
      "cross_entropy(Tensor logits, Tensor labels, Tensor? sample_weight=None,"
      " float label_smoothing=0.0) -> (Tensor loss, Tensor gradient)");
}
TORCH_LIBRARY_IMPL(dt4ecg, CPU, library) { library.impl("cross_entropy", cross_entropy_cpu); }
TORCH_LIBRARY_IMPL(dt4ecg, Meta, library) { library.impl("cross_entropy", cross_entropy_meta); }
TORCH_LIBRARY_IMPL(dt4ecg, Autograd, library) {
  library.impl("cross_entropy", cross_entropy_autograd);
}

}  // namespace dt4ecg::ops
