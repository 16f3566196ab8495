// Saves and restores a training as named tensors.
#include <ATen/core/grad_mode.h>
#include <ATen/ops/tensor.h>

#include <algorithm>
#include <cmath>
#include <sstream>

#include "base/error.hpp"
#include "dt4ecg/train/trainer.hpp"
#include "train/adam.hpp"

namespace dt4ecg::train {

namespace {

const std::string kMemory = "weighting.memory.";
const std::string kWarnings = "weighting.warnings";

at::Tensor tensor_of(const std::vector<double>& values) { return at::tensor(values, at::kDouble); }

std::vector<double> doubles_of(const at::Tensor& tensor) {
  const at::Tensor values = tensor.to(at::kCPU, at::kDouble).contiguous();
  const auto* first = values.const_data_ptr<double>();
  return {first, first + values.numel()};
}

const at::Tensor& entry(const std::map<std::string, at::Tensor>& state, const std::string& name,
                        at::IntArrayRef shape) {
  const auto found = state.find(name);
  if (found == state.end()) {
    throw_invalid("resume", "state", "the training state lacks '", name, "'");
  }
  if (found->second.sizes() != shape) {
    throw_invalid("resume", "state", "'", name, "' has the shape ", found->second.sizes(), ", not ",
                  shape);
  }
  if (found->second.is_complex()) {
    throw_invalid("resume", "state", "'", name, "' is complex, not real");
  }
  return found->second;
}

// Texts as bytes: the warnings of an epoch that has not ended.
at::Tensor bytes_of(const std::vector<std::string>& lines) {
  std::vector<uint8_t> bytes;
  for (const std::string& line : lines) {
    bytes.insert(bytes.end(), line.begin(), line.end());
    bytes.push_back('\n');
  }
  return at::tensor(bytes, at::kByte);
}

std::vector<std::string> lines_of(const at::Tensor& bytes) {
  if (bytes.scalar_type() != at::kByte || bytes.dim() != 1) {
    throw_invalid("resume", "state", "'", kWarnings, "' is not a text");
  }
  const at::Tensor text = bytes.to(at::kCPU).contiguous();
  std::istringstream stream(
      std::string(reinterpret_cast<const char*>(text.const_data_ptr<uint8_t>()),
                  static_cast<std::size_t>(text.numel())));
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(line);
  }
  return lines;
}

// One number per task, or a single number; NaN marks a number that is not known yet.
std::vector<double> remembered(const std::string& name, const at::Tensor& values, int64_t tasks) {
  if (values.dim() != 1 || values.size(0) < 1 || values.size(0) > tasks || values.is_complex() ||
      values.isinf().any().item<bool>()) {
    throw_invalid("resume", "state", "'", name, "' is not a finite number per task");
  }
  return doubles_of(values);
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
  for (const EpochRecord& record : history) {
    skipped.push_back(record.skipped_steps);
  }
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
  if (found == state.end() || found->second.dim() != 1 ||
      found->second.scalar_type() != at::kLong) {
    throw_invalid("resume", "state", "the training state has no history");
  }
  const int64_t epochs = found->second.size(0);
  const at::Tensor skipped = found->second.to(at::kCPU).contiguous();
  if (skipped.lt(0).any().item<bool>()) {
    throw_invalid("resume", "state", "the training state counts to a negative number");
  }
  std::vector<EpochRecord> history(static_cast<std::size_t>(epochs));
  for (std::size_t e = 0; e < history.size(); ++e) {
    history[e].epoch = static_cast<int64_t>(e) + 1;
    history[e].skipped_steps = skipped.const_data_ptr<int64_t>()[e];
  }
  for (const Column& column : kColumns) {
    const std::vector<double> flat = doubles_of(entry(state, column.name, {epochs, tasks}));
    const auto width = static_cast<std::size_t>(tasks);
    for (std::size_t e = 0; e < history.size(); ++e) {
      history[e].*column.values =
          std::vector<double>(flat.begin() + static_cast<std::ptrdiff_t>(e * width),
                              flat.begin() + static_cast<std::ptrdiff_t>((e + 1) * width));
    }
  }
  return history;
}

}  // namespace

std::map<std::string, at::Tensor> Trainer::state() const {
  std::map<std::string, at::Tensor> state;
  for (std::size_t i = 0; i < adam_->mean.size(); ++i) {
    const std::string& name = model_->parameter_names[i];
    state["adam.mean." + name] = adam_->mean[i];
    state["adam.square." + name] = adam_->square[i];
    state["adam.steps." + name] = adam_->steps[i];
  }
  state["weighting.weights"] = at::tensor(weighting_state_.weights, at::kFloat);
  for (const auto& [name, values] : weighting_state_.memory) {
    state[kMemory + name] = tensor_of(values);
  }
  if (!weighting_state_.warnings.empty()) {
    state[kWarnings] = bytes_of(weighting_state_.warnings);
  }
  state["progress"] = at::tensor(
      {step_in_epoch_, weighting_state_.step, skipped_steps_, bad_steps_in_a_row_}, at::kLong);
  state["epoch.loss"] = tensor_of(sums_.loss);
  state["epoch.correct"] = tensor_of(sums_.correct);
  state["epoch.labelled"] = tensor_of(sums_.labelled);
  state["epoch.norm_sums"] = tensor_of(norm_sums_);
  state["epoch.norm_steps"] = tensor_of(norm_steps_);
  state["epoch.weights"] = tensor_of(applied_weights_);
  save_history(history_, static_cast<int64_t>(objective_->tasks()), state);
  return state;
}

void Trainer::restore(const std::map<std::string, at::Tensor>& state, int64_t samples) {
  const at::NoGradGuard no_grad;
  const auto tasks = static_cast<int64_t>(objective_->tasks());
  const auto per_task = [&](const char* name) { return doubles_of(entry(state, name, {tasks})); };

  // All checks come before the first change.
  std::vector<std::pair<at::Tensor, at::Tensor>> copies;
  for (std::size_t i = 0; i < adam_->mean.size(); ++i) {
    const std::string& name = model_->parameter_names[i];
    for (const auto& [kind, own] :
         {std::pair("adam.mean.", adam_->mean[i]), std::pair("adam.square.", adam_->square[i]),
          std::pair("adam.steps.", adam_->steps[i])}) {
      copies.emplace_back(own, entry(state, kind + name, own.sizes()));
    }
  }
  const at::Tensor progress = entry(state, "progress", {4}).to(at::kCPU, at::kLong).contiguous();
  const auto* numbers = progress.const_data_ptr<int64_t>();
  if (std::any_of(numbers, numbers + 4, [](int64_t number) { return number < 0; })) {
    throw_invalid("resume", "state", "the training state counts to a negative number");
  }
  check_step(numbers[0], steps_of(samples));
  for (const auto& [own, saved] : copies) {
    if (!saved.isfinite().all().item<bool>()) {
      throw_invalid("resume", "state", "a moment of the training state is NaN or infinite");
    }
  }
  for (const std::string& name : model_->parameter_names) {
    for (const char* kind : {"adam.square.", "adam.steps."}) {
      if (state.at(kind + name).lt(0).any().item<bool>()) {
        throw_invalid("resume", "state", "'", kind + name, "' holds a negative number");
      }
    }
  }
  WeightingState weighting(weighting_state_.classes);
  const std::vector<double> weights = per_task("weighting.weights");
  if (!std::all_of(weights.begin(), weights.end(), [](double w) { return std::isfinite(w); })) {
    throw_invalid("resume", "state", "a task weight of the training state is not finite");
  }
  weighting.weights.assign(weights.begin(), weights.end());
  weighting.step = numbers[1];
  for (const auto& [name, values] : state) {
    if (name.starts_with(kMemory)) {
      weighting.memory[name.substr(kMemory.size())] = remembered(name, values, tasks);
    }
  }
  if (const auto found = state.find(kWarnings); found != state.end()) {
    weighting.warnings = lines_of(found->second);
  }
  std::vector<EpochRecord> history = loaded_history(state, tasks);
  TaskSums sums(weighting.classes.size());
  sums.loss = per_task("epoch.loss");
  sums.correct = per_task("epoch.correct");
  sums.labelled = per_task("epoch.labelled");
  std::vector<double> norm_sums = per_task("epoch.norm_sums");
  std::vector<double> norm_steps = per_task("epoch.norm_steps");
  std::vector<double> applied_weights = per_task("epoch.weights");

  const StateLock lock(*this);
  for (const auto& [own, saved] : copies) {
    own.copy_(saved);
  }
  weighting_state_ = std::move(weighting);
  step_in_epoch_ = numbers[0];
  skipped_steps_ = numbers[2];
  bad_steps_in_a_row_ = numbers[3];
  sums_ = std::move(sums);
  norm_sums_ = std::move(norm_sums);
  norm_steps_ = std::move(norm_steps);
  applied_weights_ = std::move(applied_weights);
  const std::lock_guard publish(published_);
  history_ = std::move(history);
  weights_ = weighting_state_.weights;
}

}  // namespace dt4ecg::train
