#include "train/adam.hpp"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/_fused_adam.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include "base/error.hpp"

namespace dt4ecg::train {

Adam::Adam(std::vector<at::Tensor> parameters, double weight_decay)
    : parameters_(std::move(parameters)), weight_decay_(weight_decay) {
  for (const at::Tensor& parameter : parameters_) {
    mean.push_back(at::zeros_like(parameter));
    square.push_back(at::zeros_like(parameter));
    steps.push_back(at::zeros({}, parameter.options().dtype(at::kFloat)));
  }
}

namespace {

// ATen's kernel assumes, without a check, that all tensors have the memory layout of the parameter.
void check_unchanged(const at::Tensor& parameter, const at::Tensor& moment) {
  if (parameter.sizes() != moment.sizes() || parameter.strides() != moment.strides()) {
    throw_invalid("fit", "", "a parameter of shape ", moment.sizes(), " became ", parameter.sizes(),
                  " with strides ", parameter.strides(), " (they were ", moment.strides(),
                  ") during the training; change its values in place, or start a new training");
  }
}

at::Tensor laid_out_as(const at::Tensor& parameter, const at::Tensor& gradient) {
  if (gradient.strides() == parameter.strides()) {
    return gradient;
  }
  return at::empty_like(parameter).copy_(gradient);
}

}  // namespace

void Adam::step(const std::vector<at::Tensor>& gradients, double learning_rate) {
  const at::NoGradGuard no_grad;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    check_unchanged(parameters_[i], mean[i]);
  }
  std::vector<at::Tensor> p, g, m, v, t;
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    if (!gradients[i].defined()) {
      continue;
    }
    p.push_back(parameters_[i]);
    g.push_back(laid_out_as(parameters_[i], gradients[i]));
    m.push_back(mean[i]);
    v.push_back(square[i]);
    // On the CPU, writing the number directly is faster than calling an operator.
    if (steps[i].is_cpu()) {
      *steps[i].mutable_data_ptr<float>() += 1;
    } else {
      steps[i].add_(1);
    }
    t.push_back(steps[i]);
  }
  if (p.empty()) {
    return;
  }
  constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-8;
  if (weight_decay_ > 0) {
    at::_fused_adamw_(p, g, m, v, /*max_exp_avg_sqs=*/{}, t, learning_rate, kBeta1, kBeta2,
                      weight_decay_, kEpsilon, /*amsgrad=*/false, /*maximize=*/false);
  } else {
    at::_fused_adam_(p, g, m, v, /*max_exp_avg_sqs=*/{}, t, learning_rate, kBeta1, kBeta2,
                     /*weight_decay=*/0, kEpsilon, /*amsgrad=*/false, /*maximize=*/false);
  }
}

}  // namespace dt4ecg::train
