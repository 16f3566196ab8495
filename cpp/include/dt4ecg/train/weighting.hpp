#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace dt4ecg::train {

// The state of a weighting between steps, which is saved with the training state.
struct WeightingState {
  explicit WeightingState(std::vector<int64_t> classes_of_task);

  std::vector<int64_t> classes;  // per task; 0 if the loss of the task is not a cross-entropy
  std::vector<bool> labelled;    // per task: whether the current batch has labels for it
  std::vector<float> weights;    // per task, after the last step; ones at first
  int64_t step = 0;              // steps taken
  std::map<std::string, std::vector<double>> memory;
  std::vector<std::string> warnings;  // the trainer passes each on once

  // The labelled tasks, and the sum to which their weights are scaled. It is the number of tasks,
  // or the sum before the step if a task has no labels in this batch and keeps its weight.
  std::vector<std::size_t> active() const;
  double sum_to_keep() const;

  // Numbers of the memory, one per task; new ones have the value `initial`.
  std::vector<double>& remembered(const std::string& name, double initial);
};

// Symmetric (tasks, tasks) matrix of inner products of the tasks' unweighted gradients, row-major.
using Gram = std::span<const double>;

// Computes the weights of the tasks' losses from the losses and gradients of a step.
class Weighting {
 public:
  virtual ~Weighting() = default;

  // Whether the weighting uses the gram matrix. Without it one backward pass per step is enough.
  virtual bool needs_gram() const { return true; }

  // Whether the weights also apply to the parameters that only one task reaches (its head). Methods
  // that combine gradients combine those of shared parameters; a head follows its unweighted loss.
  virtual bool weighs_own_parameters() const { return true; }

  // Returns the weights for the losses of this step, and updates the state. losses (tasks,) and
  // gram are unweighted. Their entries for tasks without labels are ignored.
  virtual std::vector<float> operator()(std::span<const double> losses, Gram gram,
                                        WeightingState& state) const = 0;

  // Whether look_back() must receive the losses of the batch after the update. This is a part of
  // the state, so that it survives an interruption.
  virtual bool looks_back(const WeightingState&) const { return false; }
  virtual void look_back(std::span<const double> /*losses*/, WeightingState&) const {}

  virtual void end_epoch(WeightingState&) const {}
};

// Returns the parameter of a weighting, or throws InvalidArgument; `rule` is its legal range.
double checked(const char* weighting, const char* parameter, double value, bool legal,
               const char* rule);

// exp(value_i) / sum_j exp(value_j) over the given tasks; 0 for the others.
std::vector<double> softmax(std::span<const double> values, const std::vector<std::size_t>& tasks);

// ||gradient_i|| of each task: the square roots of the diagonal of the gram matrix.
std::vector<double> gradient_norms(Gram gram, std::size_t tasks);

// Scales the weights of the active tasks to the given sum.
void renormalise(WeightingState& state, const std::vector<std::size_t>& active, double sum);

}  // namespace dt4ecg::train
