#include <ATen/ops/empty_like.h>

#include <algorithm>
#include <numeric>
#include <optional>

#include "nn/walk.hpp"
#include "ops/parallel.hpp"
#include "train/pass.hpp"

namespace dt4ecg::train {

namespace {

class WalkPass : public Pass {
 public:
  WalkPass(GraphModel& model, const Objective& objective, std::vector<std::size_t> scope,
           int64_t capacity)
      : model_(model), objective_(objective), scope_(std::move(scope)), capacity_(capacity) {
    for (const at::Tensor& parameter : model_.parameters) {
      gradients_.push_back(at::empty_like(parameter).set_requires_grad(false));
    }
    const std::size_t logits = model_.parts().back().graph->outputs().size();
    std::vector<std::size_t> every(logits + (model_.parts().size() > 1));
    std::iota(every.begin(), every.end(), 0);
    for (std::size_t task = 0; task < objective_.tasks(); ++task) {
      outputs_of_tasks_.push_back(objective_.outputs_of(task).value_or(every));
      written_.emplace_back(every.size());
      for (const std::size_t output : outputs_of_tasks_.back()) {
        needs_features_ = needs_features_ || output == logits;
      }
    }
  }

  std::vector<TaskLoss> forward(const at::Tensor& x, const Targets& targets) override {
    // A callback may have moved a parameter to other memory.
    if (!walk_ || !walk_->current() || x.size(0) > capacity_) {
      build(x.size(0));
    }
    walk_->forward(x, /*training=*/true);
    cut_ = walk_->nodes();
    Outputs outputs;
    for (std::size_t output = 0; output < walk_->outputs(); ++output) {
      outputs.logits.push_back(walk_->output(output));
    }
    if (needs_features_) {
      outputs.features = walk_->features();
    }
    for (auto& of_task : written_) {
      std::fill(of_task.begin(), of_task.end(), false);
    }
    losses_ = objective_.cotangents(outputs, targets, [this](std::size_t task, std::size_t output) {
      written_[task][output] = true;
      return walk_->output_cotangent(task, output);
    });
    for (std::size_t task = 0; task < outputs_of_tasks_.size(); ++task) {
      for (const std::size_t output : outputs_of_tasks_[task]) {
        if (!written_[task][output]) {
          walk_->output_cotangent(task, output).zero_();
        }
      }
    }
    return losses_;
  }

  std::vector<double> gram() override {
    walk_->backward_tasks(scope_cut_);
    cut_ = scope_cut_;
    return walk_->gram(scope_);
  }

  std::vector<at::Tensor> gradient(const std::vector<float>& weights,
                                   const std::vector<std::size_t>& unweighted) override {
    walk_->backward_sum(weights, cut_);
    const std::vector<float> ones(weights.size(), 1);
    std::vector<const std::vector<float>*> weights_of(gradients_.size(), &weights);
    for (const std::size_t p : unweighted) {
      weights_of[p] = &ones;
    }
    std::vector<at::Tensor> found(gradients_.size());
    ops::parallel_for(std::ssize(found), 1, [&](int64_t begin, int64_t end) {
      for (auto p = static_cast<std::size_t>(begin); p < static_cast<std::size_t>(end); ++p) {
        if (reached(p)) {
          walk_->gradient(p, *weights_of[p], gradients_[p]);
          found[p] = gradients_[p];
        }
      }
    });
    return found;
  }

 private:
  void build(int64_t batch_size) {
    capacity_ = std::max(capacity_, batch_size);
    walk_.emplace(model_.parts(), capacity_,
                  nn::WalkOptions{.outputs_of_tasks = outputs_of_tasks_});
    if (walk_->parameters() != gradients_.size()) {
      walk_.reset();
      refuse_other_parameters();
    }
    const auto lowest = std::min_element(scope_.begin(), scope_.end());
    scope_cut_ = lowest == scope_.end() ? walk_->nodes() : walk_->node_of(*lowest);
  }

  bool reached(std::size_t parameter) const {
    for (std::size_t task = 0; task < losses_.size(); ++task) {
      if (!(losses_[task].labelled > 0)) {
        continue;
      }
      for (const std::size_t output : outputs_of_tasks_[task]) {
        if (written_[task][output] && walk_->output_reaches(output, parameter)) {
          return true;
        }
      }
    }
    return false;
  }

  GraphModel& model_;
  const Objective& objective_;
  std::vector<std::size_t> scope_;
  bool needs_features_ = false;
  int64_t capacity_;
  std::vector<std::vector<std::size_t>> outputs_of_tasks_;
  std::vector<std::vector<bool>> written_;  // [task][output]: whether this step has a cotangent
  std::optional<nn::Walk<float>> walk_;
  std::size_t scope_cut_ = 0;  // the first node in scope
  std::size_t cut_ = 0;        // nodes before it still wait for the cotangent of the sum
  std::vector<TaskLoss> losses_;
  std::vector<at::Tensor> gradients_;
};

}  // namespace

std::unique_ptr<Pass> walk_pass(Model& model, const Objective& objective,
                                std::vector<std::size_t> scope, int64_t batch_size) {
  auto* graphs = dynamic_cast<GraphModel*>(&model);
  if (!graphs || !nn::Walk<float>::supports(graphs->parts())) {
    return nullptr;
  }
  // A single sample left over joins the last batch.
  return std::make_unique<WalkPass>(*graphs, objective, std::move(scope), batch_size + 1);
}

}  // namespace dt4ecg::train
