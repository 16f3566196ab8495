#pragma once

#include <torch/extension.h>

#include "dt4ecg/train/model.hpp"
#include "dt4ecg/train/weighting.hpp"

namespace dt4ecg::bindings {

// A module that Python calls as forward(x, training) -> [logits per task]. The GIL is taken for
// that alone.
class PythonModel : public train::Model {
 public:
  PythonModel(pybind11::object forward,
              const std::vector<std::pair<std::string, at::Tensor>>& named_parameters,
              std::vector<at::Tensor> buffers);
  ~PythonModel() override;
  std::vector<at::Tensor> forward(const at::Tensor& x, bool training) override;

 private:
  pybind11::object forward_;
};

// Any object called as (losses (tasks,), gram (tasks, tasks), state) -> weights (tasks,).
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
