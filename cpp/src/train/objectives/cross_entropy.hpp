#pragma once

#include "dt4ecg/train/objective.hpp"

namespace dt4ecg::train {

// Mean cross-entropy of each task of the network over its labelled samples, weighted by
// sample_weight and by the weight of the sample's class (ops/cross_entropy.hpp has the equation).
// The targets are one array of labels (N, tasks), int64 on the CPU, with ops::kMissing for an
// unknown class. The validation loss has neither label smoothing nor weights.
class CrossEntropy : public Objective {
 public:
  // class_weights: for each task one weight per class, or nothing for equal weights. An empty
  // vector gives all tasks equal weights.
  explicit CrossEntropy(std::vector<int64_t> classes, double label_smoothing = 0,
                        const std::vector<std::vector<float>>& class_weights = {});

  void check(const Targets& targets, int64_t segments) const override;
  std::vector<TaskLoss> losses(const Outputs& outputs, const Targets& targets) const override;
  std::vector<TaskLoss> cotangents(const Outputs& outputs, const Targets& targets,
                                   const CotangentOf& cotangent) const override;
  std::vector<TaskLoss> evaluate(const Outputs& outputs, const Targets& targets) const override;
  std::optional<std::vector<std::size_t>> outputs_of(std::size_t task) const override {
    return std::vector<std::size_t>{task};
  }

 private:
  // The weights (B,) of the samples in the loss of a task; undefined if all of them are 1.
  at::Tensor weight_of(std::size_t task, const at::Tensor& labels,
                       const at::Tensor& sample_weight) const;

  double label_smoothing_;
  std::vector<at::Tensor> class_weights_;  // (classes,) float32 on the CPU, or undefined
};

}  // namespace dt4ecg::train
