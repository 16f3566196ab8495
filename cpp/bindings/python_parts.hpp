#pragma once

#include <torch/extension.h>

#include "dt4ecg/error.hpp"
#include "dt4ecg/train/model.hpp"
#include "dt4ecg/train/objective.hpp"
#include "dt4ecg/train/weighting.hpp"

namespace dt4ecg::bindings {

// A module that is called in Python as forward(x, training) -> ([logits per task], features or
// None). Only the call itself holds the GIL.
class PythonModel : public train::Model {
 public:
  PythonModel(pybind11::object forward,
              const std::vector<std::pair<std::string, at::Tensor>>& named_parameters,
              std::vector<at::Tensor> buffers);
  ~PythonModel() override;
  train::Outputs forward(const at::Tensor& x, bool training) override;

 private:
  pybind11::object forward_;
};

// Any object called as objective(outputs, targets) -> {task: loss}. dt4ecg.training.objectives
// describes the arguments.
class PythonObjective : public train::Objective {
 public:
  // tasks: names of the losses. network_tasks: names of the logits. target_names: of the arrays of
  // the targets; without a value the object receives the first array itself, or None.
  PythonObjective(pybind11::object objective, std::vector<std::string> tasks,
                  std::vector<std::string> network_tasks,
                  std::optional<std::vector<std::string>> target_names);
  ~PythonObjective() override;
  void check(const train::Targets& targets, int64_t segments) const override;
  std::vector<train::TaskLoss> losses(const train::Outputs& outputs,
                                      const train::Targets& targets) const override;

 private:
  pybind11::object called_with(const train::Outputs& outputs, const train::Targets& targets) const;
  train::TaskLoss task_loss(pybind11::handle loss, const std::string& task, int64_t segments) const;
  std::string name() const;

  pybind11::object objective_;
  std::vector<std::string> tasks_, network_tasks_;
  std::optional<std::vector<std::string>> target_names_;
};

// Any object that is called as weighting(losses (tasks,), gram (tasks, tasks), state) and returns
// weights (tasks,).
class PythonWeighting : public train::Weighting {
 public:
  explicit PythonWeighting(pybind11::object weighting);
  ~PythonWeighting() override;
  bool needs_gram() const override { return needs_gram_; }
  bool weighs_own_parameters() const override { return weighs_own_parameters_; }
  std::vector<float> operator()(std::span<const double> losses, train::Gram gram,
                                train::WeightingState& state) const override;

 private:
  pybind11::object weighting_;
  bool needs_gram_;
  bool weighs_own_parameters_;
};

}  // namespace dt4ecg::bindings
