#include <ATen/TensorOperators.h>

#include "train/pass.hpp"

namespace dt4ecg::train {

namespace {

class AutogradPass : public Pass {
 public:
  AutogradPass(Model& model, const Objective& objective, std::vector<std::size_t> scope)
      : model_(model), objective_(objective), scope_(std::move(scope)) {}

  std::vector<TaskLoss> forward(const at::Tensor& x, const Targets& targets) override {
    of_tasks_.clear();
    losses_.clear();
    Outputs outputs = model_.forward(x, /*training=*/true);
    // The resolution of bfloat16 is too coarse for a loss.
    for (at::Tensor& logits : outputs.logits) {
      logits = logits.to(at::kFloat);
    }
    if (outputs.features.defined()) {
      outputs.features = outputs.features.to(at::kFloat);
    }
    std::vector<TaskLoss> found = objective_.losses(outputs, targets);
    for (TaskLoss& task : found) {
      losses_.push_back(std::move(task.value));
    }
    return found;
  }

  std::vector<double> gram() override {
    of_tasks_ = task_gradients(losses_, model_.parameters);
    return gram_matrix(of_tasks_, model_.parameters, scope_);
  }

  std::vector<at::Tensor> gradient(const std::vector<float>& weights,
                                   const std::vector<std::size_t>& unweighted) override {
    if (!of_tasks_.empty()) {
      return weighted_sum(of_tasks_, weights, unweighted);
    }
    at::Tensor total;
    for (std::size_t i = 0; i < losses_.size(); ++i) {
      if (losses_[i].defined()) {
        total = total.defined() ? total + losses_[i] * weights[i] : losses_[i] * weights[i];
      }
    }
    return task_gradients({total}, model_.parameters).front();
  }

 private:
  Model& model_;
  const Objective& objective_;
  std::vector<std::size_t> scope_;
  std::vector<at::Tensor> losses_;
  TaskGradients of_tasks_;
};

}  // namespace

std::unique_ptr<Pass> autograd_pass(Model& model, const Objective& objective,
                                    std::vector<std::size_t> scope) {
  return std::make_unique<AutogradPass>(model, objective, std::move(scope));
}

}  // namespace dt4ecg::train
