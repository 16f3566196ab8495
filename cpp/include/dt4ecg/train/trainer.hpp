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
#include "dt4ecg/train/weighting.hpp"

namespace dt4ecg::ops {
struct TaskBatch;
}

namespace dt4ecg::train {

class Adam;
class Pass;
using ops::TaskBatch;

// How the learning rate goes over the steps of all epochs: constant, or along half a cosine to 0
// (Loshchilov and Hutter 2017, without restarts).
enum class Schedule { constant, cosine };

// The paper's recipe (section IV-A) is the default.
struct TrainerOptions {
  double learning_rate = 1e-3;
  Schedule schedule = Schedule::constant;
  double label_smoothing = 0;  // of the training loss, in [0, 1)
  int64_t batch_size = 16;
  int64_t epochs = 50;
  NormScope norm_scope = NormScope::shared;
  uint64_t seed = 0;
  int threads = 0;                // 0: torch's number
  int64_t bad_steps_allowed = 5;  // in a row, before training gives up
  bool fused = true;              // by the fused walk where it can go; false: by autograd
};

// x (N, C, T) on the parameters' device; labels (N, tasks) int64 on the CPU, kMissing where
// unknown; sample_weight (N,) or undefined.
struct LabelledSegments {
  at::Tensor x;
  at::Tensor labels;
  at::Tensor sample_weight;
};

// Sums over the labelled samples of an epoch, per task, each sample by its weight.
struct TaskSums {
  std::vector<double> loss, correct, labelled;

  explicit TaskSums(size_t tasks);
  void add(size_t task, const TaskBatch& batch);
  std::vector<double> mean_loss() const;  // NaN for a task without labels
  std::vector<double> accuracy() const;
};

struct EpochRecord {
  int64_t epoch = 0;  // from 1
  std::vector<double> train_loss, train_accuracy;
  std::vector<double> validation_loss, validation_accuracy;  // NaN without validation data
  std::vector<double> weight;                                // at the epoch's last step
  std::vector<double> gradient_norm;  // mean over the epoch's steps; NaN where not computed
  int64_t skipped_steps = 0;          // of the whole training so far
  std::vector<std::string> warnings;
};

// Either may be empty.
struct TrainerHooks {
  // May throw to stop: the state is then that of the last step.
  std::function<void()> before_step = {};
  std::function<void()> after_epoch = {};  // history() has grown by one
};

// One training of a model. Equal bits for equal seed, thread count, build and processor.
// stop(), history(), weights() and between_steps() may be called from any thread at any time; state
// and weighting_state() while fit() is at rest or within between_steps().
class Trainer {
 public:
  // Throws std::invalid_argument for options that no training can have.
  Trainer(std::shared_ptr<Model> model, std::shared_ptr<const Weighting> weighting,
          std::vector<int64_t> classes, TrainerOptions options);
  ~Trainer();
  Trainer(const Trainer&) = delete;
  Trainer& operator=(const Trainer&) = delete;

  // Runs to the last epoch from wherever the state stands. True if it got there, false if stopped.
  // Throws std::runtime_error after too many steps in a row with a non-finite loss or gradient.
  bool fit(const LabelledSegments& train, const std::optional<LabelledSegments>& validation,
           const TrainerHooks& hooks = {});

  // fit() returns before its next step, or its first if it has yet to begin.
  void stop() { stop_ = true; }

  // Calls it while no step is under way: model and state() are then those of one moment. Throws
  // std::runtime_error within a step, as from a model's forward.
  void between_steps(const std::function<void()>& call) const;

  // Everything beside the model's own tensors that a continued run needs to give the same bits.
  std::map<std::string, at::Tensor> state() const;
  // samples: of the data that it goes on with. Throws std::invalid_argument, with nothing changed,
  // where the state is not one of this training.
  void restore(const std::map<std::string, at::Tensor>& state, int64_t samples);

  std::vector<EpochRecord> history() const;
  std::vector<float> weights() const;  // after the last step
  const WeightingState& weighting_state() const { return weighting_state_; }
  const TrainerOptions& options() const { return options_; }
  bool fused() const { return fused_; }  // whether the last fit() went by the fused walk

 private:
  enum class Step { taken, skipped };

  // The right to change the state, or to look at all of it. Who waits for it goes before the next
  // step, however soon that follows.
  class Turn {
   public:
    explicit Turn(const Trainer& trainer);
    ~Turn() { trainer_.at_work_ = std::thread::id(); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    const Trainer& trainer_;
    std::unique_lock<std::mutex> lock_;
  };

  void start_epoch();
  int64_t steps_of(int64_t samples) const;
  static void check_step(int64_t step, int64_t steps);
  double learning_rate(int64_t steps_in_epoch) const;  // of the next step
  std::vector<TaskBatch> forward(const LabelledSegments& data, const at::Tensor& indices);
  Step step(const LabelledSegments& data, const at::Tensor& indices, double learning_rate);
  void look_back(const LabelledSegments& data, const at::Tensor& indices);
  void finish_epoch(const std::optional<LabelledSegments>& validation);
  TaskSums evaluate(const LabelledSegments& data);

  std::shared_ptr<Model> model_;
  std::shared_ptr<const Weighting> weighting_;
  TrainerOptions options_;
  std::unique_ptr<Adam> adam_;
  WeightingState weighting_state_;
  std::unique_ptr<Pass> pass_;
  std::vector<size_t> unweighted_;  // parameters whose tasks' losses the weights leave alone
  bool fused_ = false;
  std::atomic<bool> stop_ = false;

  mutable std::mutex next_turn_, turn_;
  mutable std::atomic<std::thread::id> at_work_;
  mutable std::mutex published_;  // guards history_ and weights_, which others read at any time

  // Where the training stands.
  std::vector<EpochRecord> history_;
  std::vector<float> weights_;
  int64_t step_in_epoch_ = 0;  // steps tried in the current one
  int64_t skipped_steps_ = 0;
  int64_t bad_steps_in_a_row_ = 0;
  TaskSums sums_;
  std::vector<double> norm_sums_;
  std::vector<double> norm_steps_;
  std::vector<double> applied_weights_;
};

}  // namespace dt4ecg::train
