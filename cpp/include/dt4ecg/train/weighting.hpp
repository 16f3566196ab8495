#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace dt4ecg::train {

// What a weighting remembers between steps; saved with the training state.
struct WeightingState {
  explicit WeightingState(std::vector<int64_t> classes_of_task);

  std::vector<int64_t> classes;  // per task
  std::vector<bool> labelled;    // per task: has the current batch labels for it?
  std::vector<float> weights;    // per task, after the last step; ones at first
  int64_t step = 0;              // steps taken
  std::map<std::string, std::vector<double>> memory;
  std::vector<std::string> warnings;  // for the trainer to pass on, each once

  // The labelled tasks, and the sum their weights are brought back to: the number of tasks, or,
  // where a task has no labels in this batch and keeps its weight, the sum that the others had.
  std::vector<size_t> active() const;
  double sum_to_keep() const;

  // Numbers of the memory, one per task; `initial` where there are none yet.
  std::vector<double>& remembered(const std::string& name, double initial);
};

// Symmetric (tasks, tasks) matrix of inner products of the tasks' unweighted gradients, row-major.
using Gram = std::span<const double>;

// Turns losses and gradients of a step into the weights of the tasks' losses.
class Weighting {
 public:
  virtual ~Weighting() = default;

  // Whether the gram matrix is looked at; without it one backward per step is enough.
  virtual bool needs_gram() const { return true; }

  // Whether the weights hold for the parameters of a single task (its head), too. Methods that
  // combine gradients do so over shared parameters; a single task's follow its plain loss.
  virtual bool weighs_own_parameters() const { return true; }

  // The weights that this step's losses are summed with; state is brought to the next step.
  // losses (tasks,) and gram are unweighted; entries of tasks without labels are not looked at.
  virtual std::vector<float> operator()(std::span<const double> losses, Gram gram,
                                        WeightingState& state) const = 0;

  // Whether it waits for the losses that the step's batch has after the update; look_back() gets
  // them, and the wait is part of the state, so that it outlives an interruption.
  virtual bool looks_back(const WeightingState&) const { return false; }
  virtual void look_back(std::span<const double> /*losses*/, WeightingState&) const {}

  virtual void end_epoch(WeightingState&) const {}
};

// Refuses a parameter of a weighting that is not legal: rule says its range and a way out.
double checked(const char* weighting, const char* parameter, double value, bool legal,
               const char* rule);

// exp(value_i) / sum_j exp(value_j) over some tasks, 0 elsewhere.
std::vector<double> softmax(std::span<const double> values, const std::vector<size_t>& tasks);

// ||gradient_i|| of each task from the diagonal of the gram matrix.
std::vector<double> gradient_norms(Gram gram, size_t tasks);

// Scales the active tasks' weights to `sum`.
void renormalise(WeightingState& state, const std::vector<size_t>& active, double sum);

}  // namespace dt4ecg::train
