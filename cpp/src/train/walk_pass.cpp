#include <ATen/Parallel.h>
#include <ATen/ops/empty_like.h>

#include <algorithm>
#include <optional>

#include "nn/walk.hpp"
#include "train/pass.hpp"

namespace dt4ecg::train {

namespace {

class WalkPass : public Pass {
 public:
  WalkPass(GraphModel& model, std::vector<size_t> scope, double label_smoothing, int64_t capacity)
      : model_(model),
        scope_(std::move(scope)),
        label_smoothing_(label_smoothing),
        capacity_(capacity) {
    for (const at::Tensor& parameter : model_.parameters)
      gradients_.push_back(at::empty_like(parameter).set_requires_grad(false));
  }

  std::vector<TaskBatch> forward(const at::Tensor& x, const at::Tensor& labels,
                                 const at::Tensor& sample_weight) override {
    // A callback may have given a parameter other memory.
    if (!walk_ || !walk_->current() || x.size(0) > capacity_) {
      capacity_ = std::max(capacity_, x.size(0));
      walk_.emplace(model_.parts(), capacity_);
      TORCH_CHECK(walk_->parameters() == gradients_.size(), kOtherParameters);
      const auto lowest = std::min_element(scope_.begin(), scope_.end());
      cut_ = lowest == scope_.end() ? walk_->nodes() : walk_->node_of(*lowest);
    }
    walk_->forward(x, /*training=*/true);
    below_ = walk_->nodes();
    batches_.clear();
    for (size_t task = 0; task < walk_->outputs(); ++task) {
      const at::Tensor logits = walk_->output(task);
      const at::Tensor own = labels.select(1, static_cast<int64_t>(task));
      batches_.push_back(ops::cross_entropy<float>(
          {logits.const_data_ptr<float>(), logits.size(0), logits.size(1),
           own.const_data_ptr<int64_t>(), own.stride(0),
           sample_weight.defined() ? sample_weight.const_data_ptr<float>() : nullptr},
          label_smoothing_, walk_->seed(task).mutable_data_ptr<float>()));
    }
    return batches_;
  }

  std::vector<double> gram() override {
    walk_->backward_tasks(cut_);
    below_ = cut_;
    return walk_->gram(scope_);
  }

  std::vector<at::Tensor> gradient(const std::vector<float>& weights,
                                   const std::vector<size_t>& plain) override {
    walk_->backward_sum(weights, below_);
    const std::vector<float> ones(weights.size(), 1);
    std::vector<const std::vector<float>*> weights_of(gradients_.size(), &weights);
    for (const size_t p : plain) weights_of[p] = &ones;
    std::vector<at::Tensor> found(gradients_.size());
    at::parallel_for(0, std::ssize(found), 1, [&](int64_t begin, int64_t end) {
      for (auto p = static_cast<size_t>(begin); p < static_cast<size_t>(end); ++p) {
        if (!reached(p)) continue;
        walk_->gradient(p, *weights_of[p], gradients_[p]);
        found[p] = gradients_[p];
      }
    });
    return found;
  }

 private:
  bool reached(size_t parameter) const {
    for (size_t task = 0; task < batches_.size(); ++task)
      if (batches_[task].labelled > 0 && walk_->reaches(task, parameter)) return true;
    return false;
  }

  GraphModel& model_;
  std::vector<size_t> scope_;
  double label_smoothing_;
  int64_t capacity_;
  std::optional<nn::Walk<float>> walk_;
  size_t cut_ = 0;    // nodes from here on are walked with a cotangent per task for gram()
  size_t below_ = 0;  // nodes below wait for the cotangent of the sum
  std::vector<TaskBatch> batches_;
  std::vector<at::Tensor> gradients_;
};

}  // namespace

std::unique_ptr<Pass> walk_pass(Model& model, std::vector<size_t> scope, double label_smoothing,
                                int64_t batch_size) {
  auto* graphs = dynamic_cast<GraphModel*>(&model);
  if (!graphs || !nn::Walk<float>::supports(graphs->parts())) return nullptr;
  // A sample left over joins the last batch.
  return std::make_unique<WalkPass>(*graphs, std::move(scope), label_smoothing, batch_size + 1);
}

}  // namespace dt4ecg::train
