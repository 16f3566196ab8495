#include "dt4ecg/train/trainer.hpp"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <numeric>
#include <thread>

#include "dt4ecg/error.hpp"
#include "dt4ecg/nn/registry.hpp"
#include "train/adam.hpp"
#include "train/objectives/cross_entropy.hpp"
#include "train/parameter_scope.hpp"
#include "train/shuffle.hpp"
#include "train/weightings/chen2018.hpp"
#include "train/weightings/equal_weighting.hpp"
#include "train/weightings/paper_weighting.hpp"

namespace dt4ecg::train {
namespace {

TEST(Shuffle, IsAPermutationOfEachEpochAndSeed) {
  std::vector<int64_t> order = shuffled(1000, 7, 3);
  EXPECT_NE(order, shuffled(1000, 7, 4));
  EXPECT_NE(order, shuffled(1000, 8, 3));
  std::sort(order.begin(), order.end());
  std::vector<int64_t> expected(1000);
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(order, expected);
}

TEST(Shuffle, NeverChanges) {
  EXPECT_EQ(shuffled(10, 0, 0), (std::vector<int64_t>{6, 1, 2, 4, 7, 5, 3, 0, 9, 8}));
  EXPECT_EQ(shuffled(10, 42, 5), (std::vector<int64_t>{4, 3, 0, 8, 2, 6, 7, 9, 5, 1}));
  EXPECT_TRUE(shuffled(0, 1, 1).empty());
}

TEST(Adam, FirstStepsInClosedForm) {
  at::Tensor parameter = at::tensor({1.0, -2.0}, at::kDouble);
  at::Tensor untouched = at::tensor({5.0}, at::kDouble);
  Adam adam({parameter, untouched});
  double m = 0, v = 0, expected = 1;
  for (int t = 1; t <= 5; ++t) {
    const double gradient = t % 2 ? 0.5 : -0.2;
    adam.step({at::full({2}, gradient, at::kDouble), at::Tensor()}, 0.1);
    m = 0.9 * m + 0.1 * gradient;
    v = 0.999 * v + 0.001 * gradient * gradient;
    expected -= 0.1 * m / (1 - std::pow(0.9, t)) / (std::sqrt(v / (1 - std::pow(0.999, t))) + 1e-8);
    EXPECT_NEAR(parameter[0].item<double>(), expected, 1e-9);
  }
  EXPECT_EQ(untouched.item<double>(), 5);
  EXPECT_EQ(adam.steps[1].item<double>(), 0);
}

std::shared_ptr<GraphModel> toy_model() {
  const auto graph = nn::parsed(
      "input channels=1 length=12\n"
      "conv_norm conv 0 channels=6 kernel=3 relu=1 stride=1\n"
      "sca sca 1\n"
      "mean_pool pool 2\n"
      "linear who 3 outputs=3\n"
      "linear what 3 outputs=2\n"
      "output 4,5\n");
  const at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(1);
  auto parameters = nn::initial_values(graph->parameters(), generator);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    parameters[i].set_requires_grad(true);
    names.push_back(graph->parameters()[i].name);
  }
  return std::make_shared<GraphModel>(
      std::vector<GraphModel::Part>{{graph, parameters, nn::initial_values(graph->buffers(), {})}},
      names);
}

TrainingData toy_data() {
  const at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(2);
  const at::Tensor index = at::arange(36, at::kLong);
  const at::Tensor labels = at::stack({index % 3, at::floor_divide(index, 3) % 2}, 1);
  // Task "who" is the level of the signal, task "what" an alternation from sample to sample.
  const at::Tensor level = labels.select(1, 0).to(at::kFloat).view({36, 1, 1});
  const at::Tensor alternating = at::tensor({1.0f, -1.0f}).repeat({6}).view({1, 1, 12});
  const at::Tensor wave = labels.select(1, 1).view({36, 1, 1}) * alternating;
  const at::Tensor noise = 0.1 * at::randn({36, 1, 12}, generator);
  return {level + wave + noise, {{labels}, {}}};
}

std::shared_ptr<Objective> toy_objective() {
  return std::make_shared<CrossEntropy>(std::vector<int64_t>{3, 2});
}

Trainer toy_trainer(const std::shared_ptr<GraphModel>& model, int64_t epochs) {
  const auto rule = std::make_shared<Chen2018>(1.5, 0.025, Chen2018::Reference::first);
  TrainerOptions options;
  options.learning_rate = 0.02;
  options.batch_size = 8;
  options.epochs = epochs;
  options.threads = 1;
  return {model, toy_objective(), rule, options};
}

bool same(const std::vector<at::Tensor>& a, const std::vector<at::Tensor>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const at::Tensor& x, const at::Tensor& y) { return at::equal(x, y); });
}

std::map<std::string, at::Tensor> copied(const std::map<std::string, at::Tensor>& state) {
  std::map<std::string, at::Tensor> copy;
  for (const auto& [name, value] : state) {
    copy[name] = value.clone();
  }
  return copy;
}

// To the bit; NaN stands where there was no validation data.
bool same_tensor(const at::Tensor& a, const at::Tensor& b) {
  return a.sizes() == b.sizes() && at::allclose(a, b, /*rtol=*/0, /*atol=*/0, /*equal_nan=*/true);
}

bool same_state(const Trainer& a, const Trainer& b) {
  const auto first = a.state(), second = b.state();
  return std::equal(first.begin(), first.end(), second.begin(), second.end(),
                    [](const auto& x, const auto& y) {
                      return x.first == y.first && same_tensor(x.second, y.second);
                    });
}

TEST(Trainer, LearnsAToyProblem) {
  Trainer trainer = toy_trainer(toy_model(), 40);
  EXPECT_TRUE(trainer.fit(toy_data(), toy_data()));
  ASSERT_EQ(trainer.history().size(), 40u);
  for (std::size_t task = 0; task < 2; ++task) {
    EXPECT_LT(trainer.history().back().train_loss[task],
              trainer.history().front().train_loss[task] / 2);
    EXPECT_GT(trainer.history().back().validation_accuracy[task], 0.8);
  }
}

TEST(Trainer, StoppedAndRestoredContinuesToTheSameBits) {
  const auto whole = toy_model();
  Trainer uninterrupted = toy_trainer(whole, 4);
  uninterrupted.fit(toy_data(), {});

  for (const int stop_at : {1, 3, 5, 9}) {
    const auto first = toy_model();
    Trainer stopped = toy_trainer(first, 4);
    int steps = 0;
    const TrainerHooks hooks{.before_step = [&] {
      if (++steps == stop_at) {
        stopped.stop();
      }
    }};
    EXPECT_FALSE(stopped.fit(toy_data(), {}, hooks));
    const auto second = toy_model();
    for (std::size_t i = 0; i < second->parameters.size(); ++i) {
      second->parameters[i].set_data(first->parameters[i].detach().clone());
    }
    for (std::size_t i = 0; i < second->buffers.size(); ++i) {
      second->buffers[i].copy_(first->buffers[i]);
    }
    Trainer continued = toy_trainer(second, 4);
    continued.restore(copied(stopped.state()), toy_data().x.size(0));
    EXPECT_TRUE(continued.fit(toy_data(), {}));
    EXPECT_TRUE(same(whole->parameters, second->parameters)) << stop_at;
    EXPECT_TRUE(same(whole->buffers, second->buffers)) << stop_at;
    EXPECT_TRUE(same_state(uninterrupted, continued)) << stop_at;
  }
}

TEST(Trainer, StepsThatAreNotFiniteLeaveNoTrace) {
  const auto model = toy_model();
  const auto untouched = toy_model();
  TrainingData data = toy_data();
  data.x.fill_(std::numeric_limits<float>::infinity());
  Trainer trainer = toy_trainer(model, 2);
  EXPECT_THROW(trainer.fit(data, {}), std::runtime_error);
  EXPECT_TRUE(same(model->parameters, untouched->parameters));
  EXPECT_TRUE(same(model->buffers, untouched->buffers));
  const auto state = trainer.state();
  for (const auto& [name, value] : state) {
    EXPECT_TRUE(!name.starts_with("adam.") || value.eq(0).all().item<bool>()) << name;
  }
  EXPECT_EQ(trainer.weights(), (std::vector<float>{1, 1}));
  EXPECT_EQ(state.at("progress")[1].item<int64_t>(), 0);
  for (const auto& [name, value] : state) {
    EXPECT_FALSE(name.starts_with("weighting.memory")) << name;
  }
}

TEST(Trainer, RestoreRefusesAnotherState) {
  Trainer trainer = toy_trainer(toy_model(), 1);
  EXPECT_THROW(trainer.restore({}, toy_data().x.size(0)), std::invalid_argument);
  auto state = copied(trainer.state());
  state["progress"].fill_(-1);
  EXPECT_THROW(trainer.restore(state, toy_data().x.size(0)), std::invalid_argument);
  state["progress"].copy_(at::tensor({1 << 20, 0, 0, 0}));
  EXPECT_THROW(trainer.restore(state, toy_data().x.size(0)), std::invalid_argument);
  for (const auto& [name, value] : trainer.state()) {
    if (!name.starts_with("adam.square")) {
      continue;
    }
    state = copied(trainer.state());
    state[name].fill_(-1);
    EXPECT_THROW(trainer.restore(state, toy_data().x.size(0)), std::invalid_argument) << name;
  }
  for (const at::Tensor& memory :
       {at::ones({3}), at::full({2}, std::numeric_limits<float>::infinity())}) {
    state = copied(trainer.state());
    state["weighting.memory.logits"] = memory;
    EXPECT_THROW(trainer.restore(state, toy_data().x.size(0)), std::invalid_argument);
  }
  state = copied(trainer.state());
  state["weighting.weights"] = at::ones({3});
  EXPECT_THROW(trainer.restore(state, toy_data().x.size(0)), std::invalid_argument);
}

TEST(Trainer, RefusesABufferOfOneMemoryCell) {
  const auto model = toy_model();
  model->buffers.push_back(at::ones({1}).expand({8}));
  EXPECT_THROW(toy_trainer(model, 1), InvalidArgument);
}

TEST(Trainer, RefusesAParameterOfAnotherShape) {
  const auto model = toy_model();
  Trainer trainer = toy_trainer(model, 2);
  const TrainerHooks hooks{.after_epoch = [&] {
    at::Tensor& last = model->parameters.back();
    last.set_data(at::cat({last.detach(), last.detach()}));
  }};
  EXPECT_THROW(trainer.fit(toy_data(), {}, hooks), InvalidArgument);
}

TEST(Adam, RefusesAParameterOfAnotherShape) {
  at::Tensor parameter = at::ones({3});
  Adam adam({parameter});
  parameter.set_data(at::ones({300}));
  EXPECT_THROW(adam.step({at::ones({300})}, 0.1), InvalidArgument);
}

TEST(Adam, TakesAGradientOfAnotherLayout) {
  const at::Tensor gradient = at::randn({4, 3}), plain = at::ones({4, 3}), turned = plain.clone();
  Adam({plain}).step({gradient}, 0.1);
  Adam({turned}).step({gradient.t().contiguous().t()}, 0.1);
  EXPECT_TRUE(turned.equal(plain));
}

TEST(Trainer, ARefusedRestoreChangesNothing) {
  Trainer source = toy_trainer(toy_model(), 1);
  source.fit(toy_data(), {});
  for (const auto& [name, value] : source.state()) {
    if (name.starts_with("weighting.memory")) {
      continue;  // a weighting's own affair
    }
    auto state = copied(source.state());
    state.erase(name);
    Trainer trainer = toy_trainer(toy_model(), 1);
    const auto before = copied(trainer.state());
    EXPECT_THROW(trainer.restore(state, toy_data().x.size(0)), std::invalid_argument) << name;
    const auto after = trainer.state();
    for (const auto& [key, kept] : before) {
      EXPECT_TRUE(same_tensor(kept, after.at(key))) << key;
    }
  }
}

TEST(Trainer, WarningsOfAnUnfinishedEpochAreSaved) {
  const auto rule = std::make_shared<PaperWeighting>(PaperWeighting::Variant::printed, 200);
  TrainerOptions options;
  options.batch_size = 8;
  options.epochs = 3;
  Trainer stopped(toy_model(), toy_objective(), rule, options);
  int steps = 0;
  EXPECT_FALSE(stopped.fit(toy_data(), {}, {.before_step = [&] {
                             if (++steps == 4) {
                               stopped.stop();
                             }
                           }}));
  ASSERT_EQ(stopped.weights(), (std::vector<float>{0, 0}));
  Trainer continued(toy_model(), toy_objective(), rule, options);
  continued.restore(copied(stopped.state()), toy_data().x.size(0));
  EXPECT_TRUE(continued.fit(toy_data(), {}));
  std::vector<std::size_t> said;
  for (const EpochRecord& record : continued.history()) {
    said.push_back(record.warnings.size());
  }
  EXPECT_EQ(said, (std::vector<std::size_t>{1, 0, 0}));
  Trainer later(toy_model(), toy_objective(), rule, options);
  later.restore(copied(continued.state()), toy_data().x.size(0));
  EXPECT_EQ(later.state().count("weighting.warnings"), 0u);
}

TEST(Trainer, RefusesWhatNoTrainingCanHave) {
  const auto rule = std::make_shared<EqualWeighting>();
  const auto with = [&](auto change) {
    TrainerOptions options;
    change(options);
    return Trainer(toy_model(), toy_objective(), rule, options);
  };
  EXPECT_NO_THROW(with([](TrainerOptions&) {}));
  EXPECT_THROW(with([](auto& o) { o.batch_size = 0; }), std::invalid_argument);
  EXPECT_THROW(with([](auto& o) { o.epochs = -1; }), std::invalid_argument);
  EXPECT_THROW(with([](auto& o) { o.threads = -1; }), std::invalid_argument);
  EXPECT_THROW(with([](auto& o) { o.bad_steps_allowed = 0; }), std::invalid_argument);
  EXPECT_THROW(with([](auto& o) { o.learning_rate = NAN; }), std::invalid_argument);
  EXPECT_THROW(with([](auto& o) { o.weight_decay = -0.1; }), std::invalid_argument);
  EXPECT_THROW(with([](auto& o) { o.weight_decay = INFINITY; }), std::invalid_argument);
  EXPECT_THROW(Trainer(nullptr, toy_objective(), rule, {}), std::invalid_argument);
  EXPECT_THROW(Trainer(toy_model(), nullptr, rule, {}), std::invalid_argument);
  EXPECT_THROW(Trainer(toy_model(), toy_objective(), nullptr, {}), std::invalid_argument);

  Trainer trainer = toy_trainer(toy_model(), 1);
  const TrainingData good = toy_data();
  const at::Tensor& labels = good.targets.arrays.front();
  const auto refused = [&](const at::Tensor& x, std::vector<at::Tensor> arrays, at::Tensor weight) {
    EXPECT_THROW(trainer.fit({x, {std::move(arrays), std::move(weight)}}, {}),
                 std::invalid_argument);
  };
  refused(good.x.narrow(0, 0, 0), {labels}, {});
  refused(good.x, {labels.narrow(0, 0, 3)}, {});
  refused(good.x, {labels.to(at::kInt)}, {});
  refused(good.x, {labels + 5}, {});
  refused(good.x, {labels, labels}, {});
  refused(good.x, {}, {});
  refused(good.x, {labels}, at::ones({3}));
  EXPECT_THROW(trainer.fit({}, {}), std::invalid_argument);
}

TEST(Trainer, ABatchLargerThanTheDataIsAllOfIt) {
  TrainerOptions options;
  options.batch_size = std::numeric_limits<int64_t>::max();
  options.epochs = 1;
  Trainer trainer(toy_model(), toy_objective(), std::make_shared<EqualWeighting>(), options);
  EXPECT_TRUE(trainer.fit(toy_data(), {}));
  EXPECT_EQ(trainer.state().at("progress")[1].item<int64_t>(), 1);
}

TEST(Trainer, BetweenStepsTheStateIsWhole) {
  Trainer trainer = toy_trainer(toy_model(), 60);
  std::atomic<bool> done = false;
  std::thread training([&] {
    trainer.fit(toy_data(), {});
    done = true;
  });
  while (!done) {
    EXPECT_EQ(trainer.weights().size(), 2u);
    trainer.between_steps([&] {
      const auto state = trainer.state();
      const auto steps = state.at("progress")[1].item<int64_t>();
      for (const auto& [name, value] : state) {
        EXPECT_TRUE(!name.starts_with("adam.steps.") || value.item<int64_t>() == steps) << name;
      }
      const auto in_epoch = state.at("progress")[0].item<int64_t>();
      EXPECT_EQ(5 * std::ssize(trainer.history()) + in_epoch, steps);
    });
    std::this_thread::yield();
  }
  training.join();
  EXPECT_EQ(trainer.history().size(), 60u);
}

TEST(NormScope, CoversWhatItsNameSays) {
  const auto model = toy_model();
  const at::Tensor x = toy_data().x.narrow(0, 0, 1);
  const auto names = [&](NormScope scope) {
    std::vector<std::string> found;
    for (const std::size_t p : parameters_in_scope(*model, x, {{0}, {1}}, scope)) {
      found.push_back(model->parameter_names[p]);
    }
    return found;
  };
  EXPECT_EQ(names(NormScope::all), model->parameter_names);
  EXPECT_EQ(names(NormScope::last),
            (std::vector<std::string>{"sca.sequence.weight", "sca.sequence.bias"}));
  const auto shared = names(NormScope::shared);
  EXPECT_EQ(shared.size(), model->parameter_names.size() - 4);
  for (const std::string& name : shared) {
    EXPECT_FALSE(name.starts_with("wh")) << name;
  }
}

}  // namespace
}  // namespace dt4ecg::train
