#include "dt4ecg/train/trainer.hpp"

#include <ATen/MemoryOverlap.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <mutex>
#include <numbers>
#include <optional>
#include <stdexcept>

#include "base/error.hpp"
#include "ops/kernels.hpp"
#include "ops/parallel.hpp"
#include "ops/torch_threads.hpp"
#include "train/adam.hpp"
#include "train/parameter_scope.hpp"
#include "train/pass.hpp"
#include "train/shuffle.hpp"
#include "train/step_guard.hpp"

namespace dt4ecg::train {

namespace {

constexpr int64_t kEvaluationBatch = 256;

bool all_finite(const std::vector<at::Tensor>& tensors) {
  for (const at::Tensor& tensor : tensors) {
    if (!tensor.defined()) {
      continue;
    }
    if (tensor.is_cpu() && tensor.scalar_type() == at::kFloat && tensor.is_contiguous()) {
      const float* values = tensor.const_data_ptr<float>();
      // Squares of float32 stay finite in double.
      if (!std::isfinite(ops::kernels<float>().dot(values, values, tensor.numel()))) {
        return false;
      }
    } else if (!tensor.isfinite().all().item<bool>()) {
      return false;
    }
  }
  return true;
}

template <typename T>
T required(T pointer, const char* name) {
  require(pointer != nullptr, "trainer", name, "needs a ", name, ", got none");
  return pointer;
}

// A step writes to these tensors, and may have to undo it.
void check_writable(const Model& model) {
  for (const auto* tensors : {&model.parameters, &model.buffers}) {
    for (const at::Tensor& tensor : *tensors) {
      require(at::has_internal_overlap(tensor) != at::MemOverlap::Yes, "trainer", "",
              "a parameter or buffer of shape ", tensor.sizes(),
              " is expanded: several of its elements share memory; clone() it");
    }
  }
}

TrainerOptions checked(const TrainerOptions& options) {
  require(std::isfinite(options.learning_rate) && options.learning_rate > 0, "trainer",
          "learning_rate", "learning_rate must be finite and above 0, got ", options.learning_rate);
  require(std::isfinite(options.weight_decay) && options.weight_decay >= 0, "trainer",
          "weight_decay", "weight_decay must be finite and at least 0, got ", options.weight_decay);
  require(options.batch_size >= 1, "trainer", "batch_size", "batch_size must be at least 1, got ",
          options.batch_size);
  require(options.epochs >= 0, "trainer", "epochs", "epochs must be at least 0, got ",
          options.epochs);
  require(options.threads >= 0, "trainer", "threads", "threads must be at least 0, got ",
          options.threads);
  require(options.bad_steps_allowed >= 1, "trainer", "bad_steps_allowed",
          "bad_steps_allowed must be at least 1, got ", options.bad_steps_allowed);
  return options;
}

void check(const TrainingData& data, const Objective& objective) {
  require(data.x.defined() && data.x.dim() == 3 && data.x.numel() > 0, "trainer", "x",
          "takes segments (N, C, T) with no dimension of 0");
  const int64_t samples = data.x.size(0);
  for (const at::Tensor& array : data.targets.arrays) {
    require(array.defined() && array.dim() >= 1 && array.size(0) == samples, "trainer", "targets",
            "takes one target per segment, ", samples);
  }
  const at::Tensor& weight = data.targets.sample_weight;
  require(!weight.defined() || weight.sizes() == at::IntArrayRef({samples}), "trainer",
          "sample_weight", "takes one weight per sample, ", samples);
  objective.check(data.targets, samples);
}

std::vector<double> ratios(const std::vector<double>& sums, const std::vector<double>& counts) {
  std::vector<double> found(sums.size());
  for (std::size_t i = 0; i < sums.size(); ++i) {
    found[i] = counts[i] > 0 ? sums[i] / counts[i] : std::numeric_limits<double>::quiet_NaN();
  }
  return found;
}

}  // namespace

TaskSums::TaskSums(std::size_t tasks) : loss(tasks), correct(tasks), labelled(tasks) {}

void TaskSums::add(std::size_t task, const TaskLoss& batch) {
  loss[task] += batch.loss * batch.labelled;
  correct[task] += batch.correct;
  labelled[task] += batch.labelled;
}

std::vector<double> TaskSums::mean_loss() const { return ratios(loss, labelled); }
std::vector<double> TaskSums::accuracy() const { return ratios(correct, labelled); }

Trainer::Trainer(std::shared_ptr<Model> model, std::shared_ptr<const Objective> objective,
                 std::shared_ptr<const Weighting> weighting, TrainerOptions options)
    : model_(required(std::move(model), "model")),
      objective_(required(std::move(objective), "objective")),
      weighting_(required(std::move(weighting), "weighting")),
      options_(checked(options)),
      adam_(std::make_unique<Adam>(model_->parameters, options_.weight_decay)),
      weighting_state_(objective_->classes()),
      weights_(weighting_state_.weights),
      sums_(objective_->tasks()) {
  check_writable(*model_);
  start_epoch();
}

Trainer::~Trainer() = default;

Trainer::StateLock::StateLock(const Trainer& trainer) : trainer_(trainer) {
  const std::lock_guard next(trainer.queue_);
  lock_ = std::unique_lock(trainer.state_);
  trainer.locking_thread_ = std::this_thread::get_id();
}

void Trainer::between_steps(const std::function<void()>& call) const {
  if (locking_thread_ == std::this_thread::get_id()) {
    throw std::runtime_error(
        "trainer: within a step there is no state to save; save in a callback or after fit");
  }
  const StateLock lock(*this);
  require_allocated(*model_);
  call();
}

std::vector<EpochRecord> Trainer::history() const {
  const std::lock_guard lock(published_);
  return history_;
}

std::vector<float> Trainer::weights() const {
  const std::lock_guard lock(published_);
  return weights_;
}

void Trainer::start_epoch() {
  const std::size_t tasks = objective_->tasks();
  step_in_epoch_ = 0;
  sums_ = TaskSums(tasks);
  norm_sums_.assign(tasks, 0);
  norm_steps_.assign(tasks, 0);
  applied_weights_.assign(weighting_state_.weights.begin(), weighting_state_.weights.end());
}

int64_t Trainer::steps_of(int64_t samples) const {
  const int64_t batch = std::min(options_.batch_size, samples);
  // A single sample left over joins the batch before it, because batch normalisation has no
  // variance over one sample.
  const bool left_over = samples > batch && samples % batch == 1;
  return (samples + batch - 1) / batch - left_over;
}

void Trainer::check_step(int64_t step, int64_t steps) {
  require(step <= steps, "resume", "state", "the training state is at step ", step,
          " of an epoch of ", steps, "; it belongs to other data");
}

void Trainer::prepare_pass(const TrainingData& data, int64_t batch_size) {
  std::vector<std::size_t> scope;
  unweighted_.clear();
  if (weighting_->needs_gram() || !weighting_->weighs_own_parameters()) {
    std::vector<std::vector<std::size_t>> outputs;
    {
      const StepGuard undo(*model_, weighting_state_);  // an objective may draw random numbers
      outputs = outputs_of_tasks(*model_, *objective_, data.x, data.targets, batch_size);
    }
    const at::Tensor one = data.x.narrow(0, 0, 1);
    if (weighting_->needs_gram()) {
      scope = parameters_in_scope(*model_, one, outputs, options_.norm_scope);
    }
    if (!weighting_->weighs_own_parameters()) {
      unweighted_ = parameters_of_one_task(*model_, one, outputs);
    }
  }
  pass_ = options_.fused ? walk_pass(*model_, *objective_, scope, batch_size) : nullptr;
  fused_ = pass_ != nullptr;
  if (!pass_) {
    pass_ = autograd_pass(*model_, *objective_, scope);
  }
}

bool Trainer::fit(const TrainingData& train, const std::optional<TrainingData>& validation,
                  const TrainerHooks& hooks) {
  check(train, *objective_);
  if (validation) {
    check(*validation, *objective_);
  }
  const ops::ThreadLimit limit(options_.threads > 0 ? options_.threads : at::get_num_threads());
  const ops::TorchThreads torch_threads(ops::thread_count());
  // A caller's no_grad or inference_mode must not reach the training.
  const c10::InferenceMode inference_mode(false);
  const at::AutoGradMode grad_mode(true);

  const int64_t samples = train.x.size(0);
  const int64_t batch = std::min(options_.batch_size, samples);
  const int64_t steps = steps_of(samples);
  check_step(step_in_epoch_, steps);
  {
    const ops::TorchThreads one(1);  // it computes few segments
    prepare_pass(train, batch);
  }

  while (std::ssize(history_) < options_.epochs) {
    require_allocated(*model_);  // a callback may have changed the network
    require_trained(*model_);
    const int64_t epoch = std::ssize(history_);
    const std::vector<int64_t> order = shuffled(samples, options_.seed, epoch);
    const auto indices_of = [&](int64_t index) {
      const int64_t begin = index * batch;
      const int64_t size = index + 1 == steps ? samples - begin : batch;
      return at::from_blob(const_cast<int64_t*>(order.data()) + begin, {size},
                           at::TensorOptions(at::kLong));
    };
    const auto look_back_if_wanted = [&] {
      if (step_in_epoch_ > 0 && weighting_->looks_back(weighting_state_)) {
        look_back(train, indices_of(step_in_epoch_ - 1));
      }
    };
    {
      const StateLock lock(*this);
      look_back_if_wanted();  // an interruption may have come before it
    }
    // OpenMP's idle threads wait actively and would take processors from the loops of the walk.
    std::optional<ops::TorchThreads> steps_threads(fused_ ? 1 : ops::thread_count());
    while (step_in_epoch_ < steps) {
      if (hooks.before_step) {
        hooks.before_step();
      }
      if (stop_.exchange(false)) {
        return false;
      }
      {
        const StateLock lock(*this);
        const bool taken =
            step(train, indices_of(step_in_epoch_), learning_rate(steps)) == Step::taken;
        ++step_in_epoch_;
        skipped_steps_ += !taken;
        bad_steps_in_a_row_ = taken ? 0 : bad_steps_in_a_row_ + 1;
        {
          const std::lock_guard publish(published_);
          weights_ = weighting_state_.weights;
        }
        look_back_if_wanted();
      }
      if (bad_steps_in_a_row_ >= options_.bad_steps_allowed) {
        throw std::runtime_error(
            join("fit: the loss or its gradient was not finite in ", bad_steps_in_a_row_,
                 " steps in a row, the last one step ", step_in_epoch_, " of epoch ", epoch + 1,
                 "; weights and statistics are those of the last good step. Look for extreme "
                 "values in X, or lower learning_rate (now ",
                 options_.learning_rate, ")"));
      }
    }
    steps_threads.reset();
    finish_epoch(validation);
    if (hooks.after_epoch) {
      hooks.after_epoch();
    }
  }
  return true;
}

double Trainer::learning_rate(int64_t steps_in_epoch) const {
  if (options_.schedule == Schedule::constant) {
    return options_.learning_rate;
  }
  const double epoch = static_cast<double>(std::ssize(history_)) +
                       static_cast<double>(step_in_epoch_) / static_cast<double>(steps_in_epoch);
  const double done = epoch / static_cast<double>(options_.epochs);
  return options_.learning_rate * (1 + std::cos(std::numbers::pi * done)) / 2;
}

std::vector<TaskLoss> Trainer::forward(const TrainingData& data, const at::Tensor& indices) {
  return pass_->forward(data.x.index_select(0, indices.to(data.x.device())),
                        data.targets.rows(indices));
}

Trainer::Step Trainer::step(const TrainingData& data, const at::Tensor& indices,
                            double learning_rate) {
  const std::size_t tasks = objective_->tasks();
  StepGuard guard(*model_, weighting_state_);

  const std::vector<TaskLoss> batch = forward(data, indices);
  std::vector<double> losses(tasks);
  for (std::size_t i = 0; i < tasks; ++i) {
    losses[i] = batch[i].loss;
    weighting_state_.labelled[i] = batch[i].labelled > 0;
    if (weighting_state_.labelled[i] && !std::isfinite(losses[i])) {
      return Step::skipped;
    }
  }
  if (weighting_state_.active().empty()) {
    return Step::taken;  // the batch has no target
  }

  std::vector<double> gram;
  if (weighting_->needs_gram()) {
    gram = pass_->gram();
    if (!std::all_of(gram.begin(), gram.end(), [](double g) { return std::isfinite(g); })) {
      return Step::skipped;
    }
  }
  const std::vector<float> weights = (*weighting_)(losses, gram, weighting_state_);
  const std::vector<at::Tensor> gradients = pass_->gradient(weights, unweighted_);
  if (!all_finite(gradients)) {
    return Step::skipped;
  }
  adam_->step(gradients, learning_rate);
  guard.keep();

  for (std::size_t i = 0; i < tasks; ++i) {
    applied_weights_[i] = weights[i];
    if (!weighting_state_.labelled[i]) {
      continue;
    }
    sums_.add(i, batch[i]);
    if (!gram.empty()) {
      norm_sums_[i] += std::sqrt(gram[i * tasks + i]);
      norm_steps_[i] += 1;
    }
  }
  return Step::taken;
}

void Trainer::look_back(const TrainingData& data, const at::Tensor& indices) {
  std::vector<TaskLoss> batch;
  {
    // The statistics and random numbers of the step stay.
    const StepGuard undo(*model_, weighting_state_);
    batch = forward(data, indices);
  }
  std::vector<double> losses(batch.size());
  for (std::size_t i = 0; i < batch.size(); ++i) {
    losses[i] = batch[i].loss;
    weighting_state_.labelled[i] = batch[i].labelled > 0;
  }
  weighting_->look_back(losses, weighting_state_);
}

void Trainer::finish_epoch(const std::optional<TrainingData>& validation) {
  EpochRecord record;
  record.epoch = std::ssize(history_) + 1;
  record.train_loss = sums_.mean_loss();
  record.train_accuracy = sums_.accuracy();
  // NaN without validation data, so that a run may be continued with or without it.
  const TaskSums held_out = validation ? evaluate(*validation) : TaskSums(objective_->tasks());
  record.validation_loss = held_out.mean_loss();
  record.validation_accuracy = held_out.accuracy();
  const StateLock lock(*this);
  record.weight = applied_weights_;
  record.gradient_norm = ratios(norm_sums_, norm_steps_);
  record.skipped_steps = skipped_steps_;
  std::swap(record.warnings, weighting_state_.warnings);
  weighting_->end_epoch(weighting_state_);
  start_epoch();
  const std::lock_guard publish(published_);
  history_.push_back(std::move(record));
}

TaskSums Trainer::evaluate(const TrainingData& data) {
  const at::NoGradGuard no_grad;
  TaskSums sums(objective_->tasks());
  for (int64_t begin = 0; begin < data.x.size(0); begin += kEvaluationBatch) {
    const int64_t size = std::min(kEvaluationBatch, data.x.size(0) - begin);
    const auto batch =
        objective_->evaluate(model_->forward(data.x.narrow(0, begin, size), /*training=*/false),
                             data.targets.rows(begin, size));
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (batch[i].labelled > 0) {
        sums.add(i, batch[i]);
      }
    }
  }
  return sums;
}

}  // namespace dt4ecg::train
