#include "dt4ecg/nn/graph.hpp"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <set>
#include <stdexcept>

#include "dt4ecg/error.hpp"
#include "dt4ecg/nn/registry.hpp"

namespace dt4ecg::nn {
namespace {

const std::string kText =
    "input channels=2 length=9\n"
    "conv_norm conv1 0 channels=3 kernel=3 relu=1 stride=2\n"
    "conv_norm projection 0 channels=3 kernel=1 relu=0 stride=2\n"
    "conv_norm conv2 1,2 channels=3 kernel=3 relu=1 stride=1\n"
    "sca sca 3\n"
    "mean_pool pool 4\n"
    "linear who 5 outputs=4\n"
    "linear what 5 outputs=2\n"
    "output 6,7\n";

TEST(GraphText, RoundTrip) {
  const Graph graph = Graph::parse(kText);
  EXPECT_EQ(graph.text(), kText);
  EXPECT_EQ(graph.shape(3), (ops::Shape{3, 5}));
  EXPECT_EQ(graph.outputs(), (std::vector<int64_t>{6, 7}));
}

TEST(GraphText, ParsedOnceAndNotKeptForEver) {
  const std::weak_ptr<const Graph> first = parsed(kText);
  EXPECT_EQ(parsed(kText), first.lock());
  for (std::size_t length = 1; length <= kCachedGraphs; ++length) {
    parsed("input channels=1 length=" + std::to_string(length) + "\noutput 0\n");
  }
  EXPECT_TRUE(first.expired());
}

TEST(GraphText, IllegalTextsAreRefused) {
  const std::string head = "input channels=2 length=9\n";
  for (const std::string& text :
       {std::string(), std::string("output 0\n"), head, std::string("input channels=2\noutput 0\n"),
        std::string("input channels=0 length=9\noutput 0\n"),
        std::string("input channels=2 length=99999999999\noutput 0\n"), head + "output 1\n",
        head + "output \n", head + "output 0,\n", head + "lstm a 0\noutput 1\n",
        head + "sca a 1\noutput 1\n", head + "sca a -1\noutput 1\n", head + "sca a 0,0\noutput 1\n",
        head + "sca a.b 0\noutput 1\n", head + "sca a 0 heads=2\noutput 1\n",
        head + "sca a 0\nsca a 1\noutput 2\n", head + "conv_norm a 0 channels=3\noutput 1\n",
        head + "mean_pool a 0 x\noutput 1\n",
        head + "mean_pool a 0\nlinear b 1 outputs=1e9\noutput 1\n"}) {
    EXPECT_THROW(Graph::parse(text), std::invalid_argument) << text;
  }
}

TEST(GraphText, MutationsParseOrAreRefused) {
  std::mt19937 random(0);
  const std::string alphabet = "0123456789,=-_ \nabcinput";
  int refused = 0;
  constexpr int kTrials = 3000;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::string text = kText;
    for (int change = 0; change < 1 + trial % 3; ++change) {
      const std::size_t at = random() % text.size();
      const char letter = alphabet[random() % alphabet.size()];
      switch (random() % 3) {
        case 0:
          text[at] = letter;
          break;
        case 1:
          text.insert(at, 1, letter);
          break;
        default:
          text.erase(at, 1);
      }
    }
    try {
      const Graph graph = Graph::parse(text);
      EXPECT_EQ(Graph::parse(graph.text()).text(), graph.text());
    } catch (const std::invalid_argument&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, kTrials / 2);
  EXPECT_LT(refused, kTrials);
}

TEST(Graph, InputsThatDoNotFitAreRefused) {
  const Graph graph = Graph::parse(kText);
  const auto parameters = initial_values(graph.parameters(), {});
  const auto buffers = initial_values(graph.buffers(), {});
  EXPECT_THROW(graph.forward(at::zeros({4, 2, 8}), parameters, buffers, false), InvalidArgument);
  EXPECT_THROW(graph.forward(at::zeros({4, 9}), parameters, buffers, false), InvalidArgument);
  EXPECT_THROW(graph.forward(at::zeros({4, 2, 9}), {}, buffers, false), InvalidArgument);
}

TEST(Graph, InitialValuesKeepTheirBounds) {
  const Graph graph = Graph::parse(kText);
  const auto values = initial_values(graph.parameters(), {});
  for (std::size_t i = 0; i < values.size(); ++i) {
    const ops::TensorSpec& spec = graph.parameters()[i];
    EXPECT_EQ(values[i].sizes().vec(), spec.shape);
    if (spec.init == ops::Init::fan_in_uniform) {
      const double bound = 1 / std::sqrt(static_cast<double>(spec.fan_in));
      EXPECT_LE(values[i].abs().max().item<double>(), bound) << spec.name;
      EXPECT_NE(values[i].abs().max().item<double>(), 0) << spec.name;
    } else {
      EXPECT_TRUE(values[i].eq(spec.init == ops::Init::ones ? 1 : 0).all().item<bool>());
    }
  }
}

TEST(Registry, EveryBackboneRunsWithEveryAttention) {
  std::set<std::string> names;
  for (const Backbone& backbone : backbones()) {
    EXPECT_TRUE(names.insert(backbone.name).second) << backbone.name;
    for (const Attention& attention : attentions()) {
      for (const ops::Shape segment : {ops::Shape{1, 300}, ops::Shape{3, 33}}) {
        std::vector<Stage> stages = backbone.build(segment);
        const auto last = [&] {
          const Graph& graph = stages.back().graph;
          return graph.shape(graph.outputs()[0]);
        };
        const ops::Shape features = last();
        stages.push_back({"attention", attention.build(features)});
        EXPECT_EQ(last(), features);
        stages.push_back({"pool", pooling(features)});
        stages.push_back({"heads", heads(last(), {{"who", 15}, {"what", 3}})});
        std::vector<at::Tensor> values{at::rand({2, segment.channels, segment.length})};
        for (const Stage& stage : stages) {
          values = stage.graph.forward(values[0], initial_values(stage.graph.parameters(), {}),
                                       initial_values(stage.graph.buffers(), {}), true);
        }
        ASSERT_EQ(values.size(), 2u);
        EXPECT_EQ(values[0].sizes().vec(), (std::vector<int64_t>{2, 15}));
        EXPECT_EQ(values[1].sizes().vec(), (std::vector<int64_t>{2, 3}));
        EXPECT_TRUE(values[0].isfinite().all().item<bool>());
      }
    }
  }
}

}  // namespace
}  // namespace dt4ecg::nn
