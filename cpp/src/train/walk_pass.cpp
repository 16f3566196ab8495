#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty_like.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <optional>

#include "dt4ecg/nn/walk.hpp"
#include "dt4ecg/train/pass.hpp"

namespace dt4ecg::train {

namespace {

class WalkPass : public Pass {
 public:
  WalkPass(GraphModel& model, std::vector<size_t> scope, int64_t capacity)
      : model_(model), scope_(std::move(scope)), capacity_(capacity) {
    for (const at::Tensor& parameter : model_.parameters)
      gradients_.push_back(at::empty_like(parameter).set_requires_grad(false));
  }

  std::vector<at::Tensor> forward(const at::Tensor& x) override {
    // A callback may have given a parameter other memory.
    if (!walk_ || !walk_->current() || x.size(0) > capacity_) {
      capacity_ = std::max(capacity_, x.size(0));
      walk_.emplace(model_.parts(), capacity_);
      const auto lowest = std::min_element(scope_.begin(), scope_.end());
      cut_ = lowest == scope_.end() ? 0 : walk_->node_of(*lowest);
    }
    walk_->forward(x, /*training=*/true);
    per_task_ = false;
    logits_.clear();
    for (size_t task = 0; task < walk_->outputs(); ++task)
      logits_.push_back(walk_->output(task).requires_grad_());
    return logits_;
  }

  std::vector<double> gram(const std::vector<at::Tensor>& losses) override {
    fill_seeds(losses);
    walk_->backward_tasks(cut_);
    per_task_ = true;
    return walk_->gram(scope_);
  }

  std::vector<at::Tensor> gradient(const std::vector<at::Tensor>& losses,
                                   const std::vector<float>& weights) override {
    if (!per_task_) fill_seeds(losses);
    walk_->backward_sum(weights, per_task_ ? cut_ : walk_->nodes());
    std::vector<at::Tensor> found(gradients_.size());
    at::parallel_for(0, std::ssize(found), 1, [&](int64_t begin, int64_t end) {
      for (auto p = static_cast<size_t>(begin); p < static_cast<size_t>(end); ++p) {
        bool reached = false;
        for (size_t task = 0; task < losses.size(); ++task)
          reached = reached || (losses[task].defined() && walk_->reaches(task, p));
        if (!reached) continue;
        walk_->gradient(p, weights, gradients_[p]);
        found[p] = gradients_[p];
      }
    });
    return found;
  }

 private:
  void fill_seeds(const std::vector<at::Tensor>& losses) {
    for (size_t task = 0; task < losses.size(); ++task) {
      at::Tensor seed = walk_->seed(task);
      if (!losses[task].defined()) {
        seed.zero_();
        continue;
      }
      const auto found = torch::autograd::grad({losses[task]}, {logits_[task]});
      const at::NoGradGuard no_grad;
      seed.copy_(found.front());
    }
  }

  GraphModel& model_;
  std::vector<size_t> scope_;
  int64_t capacity_;
  std::optional<nn::Walk<float>> walk_;
  size_t cut_ = 0;  // nodes from here on are walked with a cotangent per task for gram()
  bool per_task_ = false;
  std::vector<at::Tensor> logits_, gradients_;
};

}  // namespace

std::unique_ptr<Pass> walk_pass(Model& model, std::vector<size_t> scope, int64_t batch_size) {
  auto* graphs = dynamic_cast<GraphModel*>(&model);
  if (!graphs || !nn::Walk<float>::supports(graphs->parts())) return nullptr;
  // A sample left over joins the last batch.
  return std::make_unique<WalkPass>(*graphs, std::move(scope), batch_size + 1);
}

}  // namespace dt4ecg::train
