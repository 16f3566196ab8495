#pragma once

#include <ATen/core/Tensor.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "dt4ecg/train/model.hpp"
#include "dt4ecg/train/objective.hpp"
#include "dt4ecg/train/weighting.hpp"

namespace dt4ecg::train {

class Adam;
class Pass;

// The learning rate over the steps of all epochs: constant, or half a cosine that falls to 0
// (Loshchilov and Hutter 2017, without restarts).
enum class Schedule { constant, cosine };

// The defaults are the recipe of the paper (section IV-A).
struct TrainerOptions {
  double learning_rate = 1e-3;
  double weight_decay = 0;  // decoupled from the gradient, as in AdamW
  Schedule schedule = Schedule::constant;
  int64_t batch_size = 16;
  int64_t epochs = 50;
  NormScope norm_scope = NormScope::shared;
  uint64_t seed = 0;
  int threads = 0;                // 0: the number that torch uses
  int64_t bad_steps_allowed = 5;  // in a row, before the training stops with an error
  bool fused = true;              // use the fused walk if it supports the model; false: autograd
};

// x (N, C, T) on the device of the parameters, and the targets of the N segments.
struct TrainingData {
  at::Tensor x;
  Targets targets;
};

// Sums over the samples of an epoch that have a target, per task, each sample with its weight.
struct TaskSums {
  std::vector<double> loss, correct, labelled;

  explicit TaskSums(std::size_t tasks);
  void add(std::size_t task, const TaskLoss& batch);
  std::vector<double> mean_loss() const;  // NaN for a task without targets
  std::vector<double> accuracy() const;   // NaN for an objective without accuracies
};

struct EpochRecord {
  int64_t epoch = 0;  // from 1
  std::vector<double> train_loss, train_accuracy;
  std::vector<double> validation_loss, validation_accuracy;  // NaN without validation data
  std::vector<double> weight;                                // at the last step of the epoch
  std::vector<double> gradient_norm;  // mean over the steps of the epoch; NaN if not computed
  int64_t skipped_steps = 0;          // since the training began
  std::vector<std::string> warnings;
};

// Functions that fit() calls. Both may be empty.
struct TrainerHooks {
  // It may throw to stop the training. The state is then that after the last step.
  std::function<void()> before_step = {};
  std::function<void()> after_epoch = {};  // history() has one more record
};

// One training of a model. It gives equal bits for equal seed, build and processor.
// Any thread may call stop(), history(), weights() and between_steps() at any time. state() may be
// called while fit() does not run, or inside between_steps().
class Trainer {
 public:
  // Throws InvalidArgument for illegal options.
  Trainer(std::shared_ptr<Model> model, std::shared_ptr<const Objective> objective,
          std::shared_ptr<const Weighting> weighting, TrainerOptions options);
  ~Trainer();
  Trainer(const Trainer&) = delete;
  Trainer& operator=(const Trainer&) = delete;

  // Trains from the current state to the last epoch. Returns false if stop() ended it before that.
  // Throws std::runtime_error after too many steps in a row with a non-finite loss or gradient.
  bool fit(const TrainingData& train, const std::optional<TrainingData>& validation,
           const TrainerHooks& hooks = {});

  // Makes fit() return before its next step, or before its first step if it has not begun.
  void stop() { stop_ = true; }

  // Runs `call` while no step runs, so that the model and state() belong together. Throws
  // std::runtime_error if a step itself calls this, as the forward function of a model could.
  void between_steps(const std::function<void()>& call) const;

  // Everything except the tensors of the model that a resumed training needs for the same bits.
  std::map<std::string, at::Tensor> state() const;
  // samples: the number in the data to continue with. Throws InvalidArgument, without any change,
  // if the state does not belong to this training.
  void restore(const std::map<std::string, at::Tensor>& state, int64_t samples);

  std::vector<EpochRecord> history() const;
  std::vector<float> weights() const;    // after the last step
  bool fused() const { return fused_; }  // whether the last fit() used the fused walk

 private:
  enum class Step { taken, skipped };

  // A fair lock on the training state: a waiting thread gets it before the next step starts.
  class StateLock {
   public:
    explicit StateLock(const Trainer& trainer);
    ~StateLock() { trainer_.locking_thread_ = std::thread::id(); }
    StateLock(const StateLock&) = delete;
    StateLock& operator=(const StateLock&) = delete;

   private:
    const Trainer& trainer_;
    std::unique_lock<std::mutex> lock_;
  };

  void start_epoch();
  int64_t steps_of(int64_t samples) const;
  static void check_step(int64_t step, int64_t steps);
  void prepare_pass(const TrainingData& data, int64_t batch_size);
  double learning_rate(int64_t steps_in_epoch) const;  // of the next step
  std::vector<TaskLoss> forward(const TrainingData& data, const at::Tensor& indices);
  Step step(const TrainingData& data, const at::Tensor& indices, double learning_rate);
  void look_back(const TrainingData& data, const at::Tensor& indices);
  void finish_epoch(const std::optional<TrainingData>& validation);
  TaskSums evaluate(const TrainingData& data);

  std::shared_ptr<Model> model_;
  std::shared_ptr<const Objective> objective_;
  std::shared_ptr<const Weighting> weighting_;
  TrainerOptions options_;
  std::unique_ptr<Adam> adam_;
  WeightingState weighting_state_;
  std::unique_ptr<Pass> pass_;
  std::vector<std::size_t> unweighted_;  // parameters whose gradients are summed with weights of 1
  bool fused_ = false;
  std::atomic<bool> stop_ = false;

  mutable std::mutex queue_, state_;  // a thread waits for the state while it holds the queue
  mutable std::atomic<std::thread::id> locking_thread_;
  mutable std::mutex published_;  // guards history_ and weights_, which any thread may read

  // The state of the training, in addition to Adam and the weighting.
  std::vector<EpochRecord> history_;
  std::vector<float> weights_;
  int64_t step_in_epoch_ = 0;  // steps tried in the current epoch
  int64_t skipped_steps_ = 0;
  int64_t bad_steps_in_a_row_ = 0;
  TaskSums sums_;
  std::vector<double> norm_sums_;
  std::vector<double> norm_steps_;
  std::vector<double> applied_weights_;
};

}  // namespace dt4ecg::train
