// Saving and restoring a training: everything is a named tensor.
#include <ATen/core/grad_mode.h>
#include <ATen/ops/tensor.h>

#include <stdexcept>

#include "dt4ecg/train/trainer.hpp"

namespace dt4ecg::train {

namespace {

const std::string kMemory = "weighting.memory.";

at::Tensor tensor_of(const std::vector<double>& values) { return at::tensor(values, at::kDouble); }

std::vector<double> doubles_of(const at::Tensor& tensor) {
  const at::Tensor values = tensor.to(at::kCPU, at::kDouble).contiguous();
  const auto* first = values.const_data_ptr<double>();
  return {first, first + values.numel()};
}

const at::Tensor& entry(const std::map<std::string, at::Tensor>& state, const std::string& name,
                        at::IntArrayRef shape) {
  const auto found = state.find(name);
  if (found == state.end())
    throw std::invalid_argument("resume: the training state lacks '" + name + "'");
  if (found->second.sizes() != shape) {
    std::ostringstream text;
    text << "resume: '" << name << "' has the shape " << found->second.sizes() << ", not " << shape;
    throw std::invalid_argument(text.str());
  }
  return found->second;
}

// The columns of a history, one (epochs, tasks) tensor each.
struct Column {
  const char* name;
  std::vector<double> EpochRecord::*values;
};
const Column kColumns[] = {{"history.train_loss", &EpochRecord::train_loss},
                           {"history.train_accuracy", &EpochRecord::train_accuracy},
                           {"history.validation_loss", &EpochRecord::validation_loss},
                           {"history.validation_accuracy", &EpochRecord::validation_accuracy},
                           {"history.weight", &EpochRecord::weight},
                           {"history.gradient_norm", &EpochRecord::gradient_norm}};

void save_history(const std::vector<EpochRecord>& history, int64_t tasks,
                  std::map<std::string, at::Tensor>& state) {
  std::vector<int64_t> skipped;
  for (const EpochRecord& record : history) skipped.push_back(record.skipped_steps);
  state["history.skipped_steps"] = at::tensor(skipped, at::kLong);
  for (const Column& column : kColumns) {
    std::vector<double> flat;
    for (const EpochRecord& record : history) {
      const auto& values = record.*column.values;
      flat.insert(flat.end(), values.begin(), values.end());
    }
    state[column.name] = tensor_of(flat).reshape({std::ssize(history), tasks});
  }
}

std::vector<EpochRecord> loaded_history(const std::map<std::string, at::Tensor>& state,
                                        int64_t tasks) {
  const auto found = state.find("history.skipped_steps");
  if (found == state.end() || found->second.dim() != 1)
    throw std::invalid_argument("resume: the training state has no history");
  const int64_t epochs = found->second.size(0);
  const std::vector<double> skipped = doubles_of(found->second);
  std::vector<EpochRecord> history(static_cast<size_t>(epochs));
  for (size_t e = 0; e < history.size(); ++e) {
    history[e].epoch = static_cast<int64_t>(e) + 1;
    history[e].skipped_steps = static_cast<int64_t>(skipped[e]);
  }
  for (const Column& column : kColumns) {
    const std::vector<double> flat = doubles_of(entry(state, column.name, {epochs, tasks}));
    const auto width = static_cast<size_t>(tasks);
    for (size_t e = 0; e < history.size(); ++e)
      history[e].*column.values =
          std::vector<double>(flat.begin() + static_cast<std::ptrdiff_t>(e * width),
                              flat.begin() + static_cast<std::ptrdiff_t>((e + 1) * width));
  }
  return history;
}

}  // namespace

std::map<std::string, at::Tensor> Trainer::state() const {
  std::map<std::string, at::Tensor> state;
  for (size_t i = 0; i < adam_.mean.size(); ++i) {
    const std::string& name = model_->parameter_names[i];
    state["adam.mean." + name] = adam_.mean[i];
    state["adam.square." + name] = adam_.square[i];
    state["adam.steps." + name] = adam_.steps[i];
  }
  state["weighting.weights"] = at::tensor(weighting_state_.weights, at::kFloat);
  for (const auto& [name, values] : weighting_state_.memory)
    state[kMemory + name] = tensor_of(values);
  state["progress"] = at::tensor(
      {step_in_epoch_, weighting_state_.step, skipped_steps_, bad_steps_in_a_row_}, at::kLong);
  state["epoch.loss"] = tensor_of(sums_.loss);
  state["epoch.correct"] = tensor_of(sums_.correct);
  state["epoch.labelled"] = tensor_of(sums_.labelled);
  state["epoch.norm_sums"] = tensor_of(norm_sums_);
  state["epoch.norm_steps"] = tensor_of(norm_steps_);
  state["epoch.weights"] = tensor_of(applied_weights_);
  save_history(history_, static_cast<int64_t>(weighting_state_.classes.size()), state);
  return state;
}

void Trainer::restore(const std::map<std::string, at::Tensor>& state) {
  const at::NoGradGuard no_grad;
  const auto tasks = static_cast<int64_t>(weighting_state_.classes.size());
  for (size_t i = 0; i < adam_.mean.size(); ++i) {
    const std::string& name = model_->parameter_names[i];
    adam_.mean[i].copy_(entry(state, "adam.mean." + name, adam_.mean[i].sizes()));
    adam_.square[i].copy_(entry(state, "adam.square." + name, adam_.square[i].sizes()));
    adam_.steps[i].copy_(entry(state, "adam.steps." + name, {}));
  }
  const std::vector<double> weights = doubles_of(entry(state, "weighting.weights", {tasks}));
  weighting_state_.weights.assign(weights.begin(), weights.end());
  weighting_state_.memory.clear();
  for (const auto& [name, values] : state)
    if (name.starts_with(kMemory))
      weighting_state_.memory[name.substr(kMemory.size())] = doubles_of(values);

  const at::Tensor progress = entry(state, "progress", {4}).to(at::kCPU, at::kLong).contiguous();
  const auto* numbers = progress.const_data_ptr<int64_t>();
  for (int i = 0; i < 4; ++i)
    if (numbers[i] < 0)
      throw std::invalid_argument("resume: the training state counts to a negative number");
  step_in_epoch_ = numbers[0];
  weighting_state_.step = numbers[1];
  skipped_steps_ = numbers[2];
  bad_steps_in_a_row_ = numbers[3];
  history_ = loaded_history(state, tasks);

  sums_.loss = doubles_of(entry(state, "epoch.loss", {tasks}));
  sums_.correct = doubles_of(entry(state, "epoch.correct", {tasks}));
  sums_.labelled = doubles_of(entry(state, "epoch.labelled", {tasks}));
  norm_sums_ = doubles_of(entry(state, "epoch.norm_sums", {tasks}));
  norm_steps_ = doubles_of(entry(state, "epoch.norm_steps", {tasks}));
  applied_weights_ = doubles_of(entry(state, "epoch.weights", {tasks}));
}

}  // namespace dt4ecg::train
