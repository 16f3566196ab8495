#include "dt4ecg/train/pass.hpp"

namespace dt4ecg::train {

namespace {

class AutogradPass : public Pass {
 public:
  AutogradPass(Model& model, std::vector<size_t> scope) : model_(model), scope_(std::move(scope)) {}

  std::vector<at::Tensor> forward(const at::Tensor& x) override {
    of_tasks_.clear();
    return model_.forward(x, /*training=*/true);
  }

  std::vector<double> gram(const std::vector<at::Tensor>& losses) override {
    of_tasks_ = task_gradients(losses, model_.parameters);
    return gram_matrix(of_tasks_, model_.parameters, scope_);
  }

  std::vector<at::Tensor> gradient(const std::vector<at::Tensor>& losses,
                                   const std::vector<float>& weights) override {
    if (!of_tasks_.empty()) return weighted_sum(of_tasks_, weights);
    at::Tensor total;
    for (size_t i = 0; i < losses.size(); ++i)
      if (losses[i].defined())
        total = total.defined() ? total + losses[i] * weights[i] : losses[i] * weights[i];
    return task_gradients({total}, model_.parameters).front();
  }

 private:
  Model& model_;
  std::vector<size_t> scope_;
  TaskGradients of_tasks_;
};

}  // namespace

std::unique_ptr<Pass> autograd_pass(Model& model, std::vector<size_t> scope) {
  return std::make_unique<AutogradPass>(model, std::move(scope));
}

}  // namespace dt4ecg::train
