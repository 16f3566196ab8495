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
#include <stdexcept>

#include "base/error.hpp"
#include "ops/kernels.hpp"
#include "train/adam.hpp"
#include "train/loss.hpp"
#include "train/pass.hpp"
#include "train/shuffle.hpp"
#include "train/task_gradients.hpp"

namespace dt4ecg::train {

namespace {

constexpr int64_t kEvaluationBatch = 256;

class ThreadCount {
 public:
  explicit ThreadCount(int threads) : before_(at::get_num_threads()) {
    // Said even where it changes nothing: the number is kept per thread, and this may be a new one.
    at::set_num_threads(threads > 0 ? threads : before_);
  }
  ~ThreadCount() { at::set_num_threads(before_); }
  ThreadCount(const ThreadCount&) = delete;
  ThreadCount& operator=(const ThreadCount&) = delete;

 private:
  int before_;
};

// Undoes what a step did before its update, unless it is kept: a step that is skipped, or left by
// an exception (Ctrl-C inside a Python module), never was.
class StepGuard {
 public:
  StepGuard(Model& model, WeightingState& weighting)
      : model_(model), weighting_(weighting), weighting_before_(weighting) {
    for (const at::Tensor& buffer : model.buffers) buffers_.push_back(buffer.clone());
    if (!model.generator) return;
    const std::lock_guard lock(model.generator->mutex());
    random_state_ = model.generator->get_state();
  }
  ~StepGuard() {
    if (kept_) return;
    const at::NoGradGuard no_grad;
    for (size_t i = 0; i < buffers_.size(); ++i) put_back(i);
    weighting_ = weighting_before_;
    if (!model_.generator) return;
    const std::lock_guard lock(model_.generator->mutex());
    model_.generator->set_state(random_state_);
  }
  StepGuard(const StepGuard&) = delete;
  StepGuard& operator=(const StepGuard&) = delete;
  void keep() { kept_ = true; }

 private:
  // What the network did to a buffer, it may have done to its memory too: then it stays.
  void put_back(size_t buffer) noexcept {
    try {
      model_.buffers[buffer].copy_(buffers_[buffer]);
    } catch (const c10::Error&) {
    }
  }

  Model& model_;
  WeightingState& weighting_;
  WeightingState weighting_before_;
  std::vector<at::Tensor> buffers_;
  at::Tensor random_state_;
  bool kept_ = false;
};

bool all_finite(const std::vector<at::Tensor>& tensors) {
  for (const at::Tensor& tensor : tensors) {
    if (!tensor.defined()) continue;
    if (tensor.is_cpu() && tensor.scalar_type() == at::kFloat && tensor.is_contiguous()) {
      const float* values = tensor.const_data_ptr<float>();
      // Squares of float32 stay finite in double.
      if (!std::isfinite(ops::kernels<float>().dot(values, values, tensor.numel()))) return false;
    } else if (!tensor.isfinite().all().item<bool>()) {
      return false;
    }
  }
  return true;
}

// T is whatever may be missing.
template <typename T>
T given(T thing, const char* name) {
  if (!thing) throw_invalid("trainer", name, "needs a ", name, ", got none");
  return thing;
}

// What a step must be able to write to and to undo.
void check_writable(const Model& model) {
  for (const auto* tensors : {&model.parameters, &model.buffers})
    for (const at::Tensor& tensor : *tensors)
      if (!(at::has_internal_overlap(tensor) != at::MemOverlap::Yes)) {
        throw_invalid("trainer", "", "a parameter or buffer of shape ", tensor.sizes(),
                      " is expanded, several of its elements being one in memory; clone() it");
      }
}

TrainerOptions checked(const TrainerOptions& options) {
  require(std::isfinite(options.learning_rate) && options.learning_rate > 0, "trainer",
          "learning_rate", "learning_rate must be finite and above 0, got ", options.learning_rate);
  require(options.label_smoothing >= 0 && options.label_smoothing < 1, "trainer", "label_smoothing",
          "label_smoothing must be at least 0 and below 1, got ", options.label_smoothing);
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

void check(const LabelledSegments& data, const std::vector<int64_t>& classes) {
  const auto count = std::ssize(classes);
  if (!data.x.defined() || data.x.dim() != 3 || data.x.numel() == 0)
    throw_invalid("trainer", "x", "takes segments (N, C, T), none of them 0");
  const int64_t samples = data.x.size(0);
  if (!data.labels.defined() || data.labels.sizes() != at::IntArrayRef({samples, count}) ||
      data.labels.scalar_type() != at::kLong || !data.labels.is_cpu())
    throw_invalid("trainer", "labels", "takes int64 labels (", samples, ", ", count,
                  ") on the CPU");
  for (int64_t task = 0; task < count; ++task) {
    const at::Tensor own = data.labels.select(1, task);
    const int64_t last = classes[static_cast<size_t>(task)] - 1;
    if (own.min().item<int64_t>() < kMissing || own.max().item<int64_t>() > last)
      throw_invalid("trainer", "labels", "labels of task ", task, " must lie in -1 (unknown) to ",
                    last);
  }
  if (data.sample_weight.defined() && data.sample_weight.sizes() != at::IntArrayRef({samples}))
    throw_invalid("trainer", "sample_weight", "takes one weight per sample, ", samples);
}

std::vector<double> ratios(const std::vector<double>& sums, const std::vector<double>& counts) {
  std::vector<double> found(sums.size());
  for (size_t i = 0; i < sums.size(); ++i)
    found[i] = counts[i] > 0 ? sums[i] / counts[i] : std::numeric_limits<double>::quiet_NaN();
  return found;
}

}  // namespace

TaskSums::TaskSums(size_t tasks) : loss(tasks), correct(tasks), labelled(tasks) {}

void TaskSums::add(size_t task, const TaskBatch& batch) {
  loss[task] += batch.loss * batch.labelled;
  correct[task] += batch.correct;
  labelled[task] += batch.labelled;
}

std::vector<double> TaskSums::mean_loss() const { return ratios(loss, labelled); }
std::vector<double> TaskSums::accuracy() const { return ratios(correct, labelled); }

Trainer::Trainer(std::shared_ptr<Model> model, std::shared_ptr<const Weighting> weighting,
                 std::vector<int64_t> classes, TrainerOptions options)
    : model_(given(std::move(model), "model")),
      weighting_(given(std::move(weighting), "weighting")),
      options_(checked(options)),
      adam_(std::make_unique<Adam>(model_->parameters)),
      weighting_state_(std::move(classes)),
      weights_(weighting_state_.weights),
      sums_(weighting_state_.classes.size()) {
  check_writable(*model_);
  start_epoch();
}

Trainer::~Trainer() = default;

Trainer::Turn::Turn(const Trainer& trainer) : trainer_(trainer) {
  const std::lock_guard next(trainer.next_turn_);
  lock_ = std::unique_lock(trainer.turn_);
  trainer.at_work_ = std::this_thread::get_id();
}

void Trainer::between_steps(const std::function<void()>& call) const {
  if (at_work_ == std::this_thread::get_id())
    throw std::runtime_error(
        "trainer: within a step there is no state to save; save in a callback or after fit");
  const Turn turn(*this);
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
  const size_t tasks = weighting_state_.classes.size();
  step_in_epoch_ = 0;
  sums_ = TaskSums(tasks);
  norm_sums_.assign(tasks, 0);
  norm_steps_.assign(tasks, 0);
  applied_weights_.assign(weighting_state_.weights.begin(), weighting_state_.weights.end());
}

int64_t Trainer::steps_of(int64_t samples) const {
  const int64_t batch = std::min(options_.batch_size, samples);
  // A sample left over joins the batch before it: batch norm has no variance over one sample.
  const bool left_over = samples > batch && samples % batch == 1;
  return (samples + batch - 1) / batch - left_over;
}

void Trainer::check_step(int64_t step, int64_t steps) {
  if (step > steps)
    throw_invalid("resume", "state", "the training state stands at step ", step, " of an epoch of ",
                  steps, "; it belongs to other data");
}

bool Trainer::fit(const LabelledSegments& train, const std::optional<LabelledSegments>& validation,
                  const TrainerHooks& hooks) {
  check(train, weighting_state_.classes);
  if (validation) check(*validation, weighting_state_.classes);
  const ThreadCount thread_count(options_.threads);
  // A caller's no_grad or inference_mode is not meant for training.
  const c10::InferenceMode inference_mode(false);
  const at::AutoGradMode grad_mode(true);

  const int64_t samples = train.x.size(0);
  const int64_t batch = std::min(options_.batch_size, samples);
  const int64_t steps = steps_of(samples);
  check_step(step_in_epoch_, steps);
  std::vector<size_t> scope;
  if (weighting_->needs_gram())
    scope = parameters_in_scope(*model_, train.x.narrow(0, 0, 1), options_.norm_scope);
  unweighted_.clear();
  if (!weighting_->weighs_own_parameters())
    unweighted_ = parameters_of_one_task(*model_, train.x.narrow(0, 0, 1));
  if (options_.fused) pass_ = walk_pass(*model_, scope, options_.label_smoothing, batch);
  fused_ = pass_ != nullptr;
  if (!pass_) pass_ = autograd_pass(*model_, scope, options_.label_smoothing);

  while (std::ssize(history_) < options_.epochs) {
    require_trained(*model_);  // whatever a callback did
    const int64_t epoch = std::ssize(history_);
    const std::vector<int64_t> order = shuffled(samples, options_.seed, epoch);
    const auto indices_of = [&](int64_t index) {
      const int64_t begin = index * batch;
      const int64_t size = index + 1 == steps ? samples - begin : batch;
      return at::from_blob(const_cast<int64_t*>(order.data()) + begin, {size},
                           at::TensorOptions(at::kLong));
    };
    const auto look_back_if_wanted = [&] {
      if (step_in_epoch_ > 0 && weighting_->looks_back(weighting_state_))
        look_back(train, indices_of(step_in_epoch_ - 1));
    };
    {
      const Turn turn(*this);
      look_back_if_wanted();  // where an interruption left it to be done
    }
    while (step_in_epoch_ < steps) {
      if (hooks.before_step) hooks.before_step();
      if (stop_.exchange(false)) return false;
      {
        const Turn turn(*this);
        const bool taken =
            step(train, indices_of(step_in_epoch_), learning_rate(steps)) == Step::taken;
        ++step_in_epoch_;
        skipped_steps_ += !taken;
        bad_steps_in_a_row_ = taken ? 0 : bad_steps_in_a_row_ + 1;
        {
          const std::lock_guard lock(published_);
          weights_ = weighting_state_.weights;
        }
        look_back_if_wanted();
      }
      if (bad_steps_in_a_row_ >= options_.bad_steps_allowed)
        throw std::runtime_error(
            join("fit: the loss or its gradient was not finite in ", bad_steps_in_a_row_,
                 " steps in a row, the last one step ", step_in_epoch_, " of epoch ", epoch + 1,
                 "; weights and statistics are those of the last good step. Look for extreme "
                 "values in X, or lower learning_rate (now ",
                 options_.learning_rate, ")"));
    }
    finish_epoch(validation);
    if (hooks.after_epoch) hooks.after_epoch();
  }
  return true;
}

double Trainer::learning_rate(int64_t steps_in_epoch) const {
  if (options_.schedule == Schedule::constant) return options_.learning_rate;
  const double epoch = static_cast<double>(std::ssize(history_)) +
                       static_cast<double>(step_in_epoch_) / static_cast<double>(steps_in_epoch);
  const double done = epoch / static_cast<double>(options_.epochs);
  return options_.learning_rate * (1 + std::cos(std::numbers::pi * done)) / 2;
}

std::vector<TaskBatch> Trainer::forward(const LabelledSegments& data, const at::Tensor& indices) {
  const at::Device device = data.x.device();
  const at::Tensor labels = data.labels.index_select(0, indices);
  const at::Tensor device_indices = indices.to(device);
  const at::Tensor sample_weight = data.sample_weight.defined()
                                       ? data.sample_weight.index_select(0, device_indices)
                                       : at::Tensor();
  return pass_->forward(data.x.index_select(0, device_indices), labels, sample_weight);
}

Trainer::Step Trainer::step(const LabelledSegments& data, const at::Tensor& indices,
                            double learning_rate) {
  const size_t tasks = weighting_state_.classes.size();
  StepGuard guard(*model_, weighting_state_);

  const std::vector<TaskBatch> batches = forward(data, indices);
  std::vector<double> losses(tasks);
  for (size_t i = 0; i < tasks; ++i) {
    losses[i] = batches[i].loss;
    weighting_state_.labelled[i] = batches[i].labelled > 0;
    if (weighting_state_.labelled[i] && !std::isfinite(losses[i])) return Step::skipped;
  }
  if (weighting_state_.active().empty()) return Step::taken;  // nothing to learn from here

  std::vector<double> gram;
  if (weighting_->needs_gram()) {
    gram = pass_->gram();
    if (!std::all_of(gram.begin(), gram.end(), [](double g) { return std::isfinite(g); }))
      return Step::skipped;
  }
  const std::vector<float> weights = (*weighting_)(losses, gram, weighting_state_);
  const std::vector<at::Tensor> gradients = pass_->gradient(weights, unweighted_);
  if (!all_finite(gradients)) return Step::skipped;
  adam_->step(gradients, learning_rate);
  guard.keep();

  for (size_t i = 0; i < tasks; ++i) {
    applied_weights_[i] = weights[i];
    if (!weighting_state_.labelled[i]) continue;
    sums_.add(i, batches[i]);
    if (gram.empty()) continue;
    norm_sums_[i] += std::sqrt(gram[i * tasks + i]);
    norm_steps_[i] += 1;
  }
  return Step::taken;
}

void Trainer::look_back(const LabelledSegments& data, const at::Tensor& indices) {
  std::vector<TaskBatch> batches;
  {
    // Only a look: statistics and random numbers are left as the step left them.
    const StepGuard undo(*model_, weighting_state_);
    batches = forward(data, indices);
  }
  std::vector<double> losses(batches.size());
  for (size_t i = 0; i < batches.size(); ++i) {
    losses[i] = batches[i].loss;
    weighting_state_.labelled[i] = batches[i].labelled > 0;
  }
  weighting_->look_back(losses, weighting_state_);
}

void Trainer::finish_epoch(const std::optional<LabelledSegments>& validation) {
  EpochRecord record;
  record.epoch = std::ssize(history_) + 1;
  record.train_loss = sums_.mean_loss();
  record.train_accuracy = sums_.accuracy();
  // NaN without validation data, so that a run may be continued with or without it.
  const TaskSums held_out =
      validation ? evaluate(*validation) : TaskSums(weighting_state_.classes.size());
  record.validation_loss = held_out.mean_loss();
  record.validation_accuracy = held_out.accuracy();
  const Turn turn(*this);
  record.weight = applied_weights_;
  record.gradient_norm = ratios(norm_sums_, norm_steps_);
  record.skipped_steps = skipped_steps_;
  std::swap(record.warnings, weighting_state_.warnings);
  weighting_->end_epoch(weighting_state_);
  start_epoch();
  const std::lock_guard lock(published_);
  history_.push_back(std::move(record));
}

TaskSums Trainer::evaluate(const LabelledSegments& data) {
  const at::NoGradGuard no_grad;
  TaskSums sums(weighting_state_.classes.size());
  for (int64_t begin = 0; begin < data.x.size(0); begin += kEvaluationBatch) {
    const int64_t size = std::min(kEvaluationBatch, data.x.size(0) - begin);
    const auto logits = model_->forward(data.x.narrow(0, begin, size), /*training=*/false);
    for (size_t i = 0; i < logits.size(); ++i) {
      const at::Tensor labels = data.labels.narrow(0, begin, size)
                                    .select(1, static_cast<int64_t>(i))
                                    .contiguous()
                                    .to(data.x.device());
      at::Tensor loss;
      const TaskBatch batch = task_batch(logits[i], labels, {}, /*smoothing=*/0, loss);
      if (batch.labelled > 0) sums.add(i, batch);
    }
  }
  return sums;
}

}  // namespace dt4ecg::train
