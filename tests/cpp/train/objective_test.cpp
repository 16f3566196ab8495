#include "dt4ecg/train/objective.hpp"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cmath>

#include "dt4ecg/nn/registry.hpp"
#include "dt4ecg/train/trainer.hpp"
#include "train/objectives/cross_entropy.hpp"
#include "train/weightings/chen2018.hpp"
#include "train/weightings/equal_weighting.hpp"

namespace dt4ecg::train {
namespace {

// Mean squared errors: of the first logits against a target, and of the features against 0.
class Regression : public Objective {
 public:
  Regression() : Objective({0, 0}) {}

  void check(const Targets& targets, int64_t) const override {
    if (targets.arrays.size() != 1) {
      throw std::invalid_argument("regression: takes one array of targets");
    }
  }

  std::vector<TaskLoss> losses(const Outputs& outputs, const Targets& targets) const override {
    return {loss_of((outputs.logits[0].select(1, 0) - targets.arrays[0]).square().mean()),
            loss_of(outputs.features.square().mean())};
  }

 private:
  static TaskLoss loss_of(const at::Tensor& value) {
    TaskLoss found;
    found.labelled = 1;
    found.loss = value.item<double>();
    found.value = value;
    return found;
  }
};

// Trunk and heads, as a network has them: features (4 channels), and one output each of two heads.
std::shared_ptr<GraphModel> model() {
  const at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(3);
  std::vector<GraphModel::Part> parts;
  std::vector<std::string> names;
  for (const char* text :
       {"input channels=1 length=12\nconv_norm conv 0 channels=4 kernel=3 relu=1 stride=1\n"
        "mean_pool pool 1\noutput 2\n",
        "input channels=4 length=0\nlinear rate 0 outputs=1\nlinear other 0 outputs=2\n"
        "output 1,2\n"}) {
    const auto graph = nn::parsed(text);
    auto parameters = nn::initial_values(graph->parameters(), generator);
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      parameters[i].set_requires_grad(true);
      names.push_back(graph->parameters()[i].name);
    }
    parts.push_back({graph, parameters, nn::initial_values(graph->buffers(), {})});
  }
  return std::make_shared<GraphModel>(parts, names);
}

TrainingData data() {
  const at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(4);
  const at::Tensor x = at::randn({24, 1, 12}, generator);
  return {x, {{x.mean({1, 2}) * 3}, {}}};
}

Trainer trainer(const std::shared_ptr<GraphModel>& of, bool fused, int64_t epochs,
                const std::shared_ptr<Weighting>& weighting) {
  TrainerOptions options;
  options.learning_rate = 0.01;
  options.batch_size = 8;
  options.epochs = epochs;
  options.threads = 1;
  options.fused = fused;
  return {of, std::make_shared<Regression>(), weighting, options};
}

TEST(Objective, ARegressionIsLearnedOnBothPaths) {
  for (const bool fused : {true, false}) {
    Trainer run = trainer(model(), fused, 60,
                          std::make_shared<Chen2018>(1.5, 0.025, Chen2018::Reference::first));
    EXPECT_TRUE(run.fit(data(), data()));
    EXPECT_EQ(run.fused(), fused);
    const auto history = run.history();
    EXPECT_LT(history.back().validation_loss[0], history.front().validation_loss[0] / 2);
    EXPECT_TRUE(std::isnan(history.back().train_accuracy[0]));
  }
}

TEST(Objective, TheWalkEqualsAutograd) {
  const auto walked = model(), differentiated = model();
  trainer(walked, true, 3, std::make_shared<EqualWeighting>()).fit(data(), {});
  trainer(differentiated, false, 3, std::make_shared<EqualWeighting>()).fit(data(), {});
  for (std::size_t i = 0; i < walked->parameters.size(); ++i) {
    EXPECT_TRUE(at::allclose(walked->parameters[i], differentiated->parameters[i], 1e-4, 1e-5))
        << walked->parameter_names[i];
  }
}

TEST(Objective, AParameterThatNoLossReachesStays) {
  const auto before = model(), after = model();
  trainer(after, true, 1, std::make_shared<EqualWeighting>()).fit(data(), {});
  for (std::size_t i = 0; i < after->parameters.size(); ++i) {
    const bool stays = after->parameter_names[i].starts_with("other");
    EXPECT_EQ(at::equal(before->parameters[i], after->parameters[i]), stays)
        << after->parameter_names[i];
  }
}

TEST(Objective, RefusesOtherTargets) {
  Trainer run = trainer(model(), true, 1, std::make_shared<EqualWeighting>());
  TrainingData two = data();
  two.targets.arrays.push_back(two.targets.arrays.front());
  EXPECT_THROW(run.fit(two, {}), std::invalid_argument);
  TrainingData short_of_one = data();
  short_of_one.targets.arrays[0] = short_of_one.targets.arrays[0].narrow(0, 0, 23);
  EXPECT_THROW(run.fit(short_of_one, {}), std::invalid_argument);
}

TEST(CrossEntropy, GivesTheSameLossesAndGradientsInItsThreeForms) {
  const CrossEntropy objective({3, 2}, 0.1);
  const at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(5);
  const Outputs outputs{{at::randn({5, 3}, generator).requires_grad_(),
                         at::randn({5, 2}, generator).requires_grad_()},
                        {}};
  const Targets targets{{at::tensor({0, 1, 2, 0, -1, -1, 1, 1, 2, 0}, at::kLong).reshape({5, 2})},
                        at::tensor({1.0f, 0.5f, 2.0f, 1.0f, 1.0f})};
  const auto by_autograd = objective.losses(outputs, targets);
  std::vector<at::Tensor> gradients{at::empty({5, 3}), at::empty({5, 2})};
  const auto in_place = objective.cotangents(
      outputs, targets, [&](std::size_t task, std::size_t) { return gradients[task]; });
  for (std::size_t task = 0; task < 2; ++task) {
    EXPECT_NEAR(by_autograd[task].loss, in_place[task].loss, 1e-6);
    EXPECT_EQ(by_autograd[task].correct, in_place[task].correct);
    EXPECT_EQ(by_autograd[task].labelled, in_place[task].labelled);
    by_autograd[task].value.backward();
    EXPECT_TRUE(at::allclose(outputs.logits[task].grad(), gradients[task], 1e-5, 1e-7));
  }
  // Validation has neither smoothing nor weights: log-probabilities of the labels alone.
  const auto validated = objective.evaluate(outputs, targets);
  const at::Tensor labels = targets.arrays[0].select(1, 0);
  const at::Tensor expected =
      at::cross_entropy_loss(outputs.logits[0], labels, {}, at::Reduction::Mean, -1);
  EXPECT_NEAR(validated[0].loss, expected.item<double>(), 1e-6);
  EXPECT_EQ(validated[0].labelled, 4);
}

TEST(CrossEntropy, ClassWeightsMultiplySampleWeights) {
  const at::Tensor logits = at::randn({4, 3});
  const Outputs outputs{{logits}, {}};
  const at::Tensor labels = at::tensor({2, 0, -1, 2}, at::kLong).reshape({4, 1});
  const at::Tensor weight = at::tensor({1.0f, 2.0f, 1.0f, 0.5f});
  const CrossEntropy weighted({3}, 0.1, {{3, 1, 2}}), plain({3}, 0.1);
  const Targets targets{{labels}, weight};
  const Targets multiplied{{labels}, at::tensor({2.0f, 6.0f, 1.0f, 1.0f})};
  EXPECT_EQ(weighted.losses(outputs, targets)[0].loss, plain.losses(outputs, multiplied)[0].loss);
  EXPECT_EQ(weighted.losses(outputs, targets)[0].labelled, 9);
  at::Tensor of_weighted = at::empty({4, 3}), of_plain = at::empty({4, 3});
  weighted.cotangents(outputs, targets, [&](auto, auto) { return of_weighted; });
  plain.cotangents(outputs, multiplied, [&](auto, auto) { return of_plain; });
  EXPECT_TRUE(at::equal(of_weighted, of_plain));
  EXPECT_EQ(weighted.evaluate(outputs, targets)[0].loss, plain.evaluate(outputs, targets)[0].loss);
}

TEST(CrossEntropy, RefusesIllegalClassWeights) {
  using Weights = std::vector<std::vector<float>>;
  for (const Weights& weights :
       {Weights{{1, 2}, {}}, Weights{{1}}, Weights{{1, -1}}, Weights{{1, NAN}}}) {
    EXPECT_THROW(CrossEntropy({2}, 0, weights), std::invalid_argument);
  }
  EXPECT_NO_THROW(CrossEntropy({2, 3}, 0, {{}, {0, 1, 2}}));
}

TEST(CrossEntropy, RefusesASmoothingOutsideItsRange) {
  for (const double smoothing : {-0.1, 1.0, std::nan("")}) {
    EXPECT_THROW(CrossEntropy({2}, smoothing), std::invalid_argument);
  }
}

}  // namespace
}  // namespace dt4ecg::train
