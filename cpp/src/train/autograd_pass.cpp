#include "train/pass.hpp"

namespace dt4ecg::train {

namespace {

class AutogradPass : public Pass {
 public:
  AutogradPass(Model& model, std::vector<size_t> scope, double label_smoothing)
      : model_(model), scope_(std::move(scope)), label_smoothing_(label_smoothing) {}

  std::vector<TaskBatch> forward(const at::Tensor& x, const at::Tensor& labels,
                                 const at::Tensor& sample_weight) override {
    of_tasks_.clear();
    losses_.clear();
    std::vector<TaskBatch> batches;
    for (const at::Tensor& logits : model_.forward(x, /*training=*/true)) {
      const at::Tensor own = labels.select(1, std::ssize(batches)).contiguous().to(x.device());
      // In bfloat16 a loss would lose what tells two steps apart.
      batches.push_back(task_batch(logits.to(at::kFloat), own, sample_weight, label_smoothing_,
                                   losses_.emplace_back()));
    }
    return batches;
  }

  std::vector<double> gram() override {
    of_tasks_ = task_gradients(losses_, model_.parameters);
    return gram_matrix(of_tasks_, model_.parameters, scope_);
  }

  std::vector<at::Tensor> gradient(const std::vector<float>& weights,
                                   const std::vector<size_t>& plain) override {
    if (!of_tasks_.empty()) return weighted_sum(of_tasks_, weights, plain);
    at::Tensor total;
    for (size_t i = 0; i < losses_.size(); ++i)
      if (losses_[i].defined())
        total = total.defined() ? total + losses_[i] * weights[i] : losses_[i] * weights[i];
    return task_gradients({total}, model_.parameters).front();
  }

 private:
  Model& model_;
  std::vector<size_t> scope_;
  double label_smoothing_;
  std::vector<at::Tensor> losses_;
  TaskGradients of_tasks_;
};

}  // namespace

std::unique_ptr<Pass> autograd_pass(Model& model, std::vector<size_t> scope,
                                    double label_smoothing) {
  return std::make_unique<AutogradPass>(model, std::move(scope), label_smoothing);
}

}  // namespace dt4ecg::train
