#include "train/step_guard.hpp"

#include <ATen/core/grad_mode.h>

#include <mutex>

namespace dt4ecg::train {

StepGuard::StepGuard(Model& model, WeightingState& weighting)
    : model_(model), weighting_(weighting), weighting_before_(weighting) {
  for (const at::Tensor& buffer : model.buffers) {
    buffers_.push_back(buffer.clone());
  }
  if (model.generator) {
    const std::lock_guard lock(model.generator->mutex());
    random_state_ = model.generator->get_state();
  }
}

StepGuard::~StepGuard() {
  if (kept_) {
    return;
  }
  const at::NoGradGuard no_grad;
  for (std::size_t i = 0; i < buffers_.size(); ++i) {
    restore_buffer(i);
  }
  weighting_ = weighting_before_;
  if (model_.generator) {
    const std::lock_guard lock(model_.generator->mutex());
    model_.generator->set_state(random_state_);
  }
}

// A module may have resized or freed a buffer. Such a buffer keeps its new content.
void StepGuard::restore_buffer(std::size_t index) noexcept {
  try {
    model_.buffers[index].copy_(buffers_[index]);
  } catch (const c10::Error&) {
  }
}

}  // namespace dt4ecg::train
