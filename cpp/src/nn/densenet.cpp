#include "nn/backbones.hpp"
#include "nn/nodes.hpp"

namespace dt4ecg::nn {

namespace {

// Growth 16, three blocks of four layers; the rest follows the original: a stem of twice the
// growth, bottlenecks of four times the growth, transitions that halve the channels and the time.
constexpr int64_t kGrowth = 16, kBlocks = 3, kLayers = 4, kStemKernel = 7, kBottleneck = 4;

int64_t add_norm_relu(Graph& graph, const std::string& name, int64_t value) {
  value = graph.add({"batch_norm", name, {value}, {}});
  return graph.add({"relu", name + "_active", {value}, {}});
}

// The order is norm, ReLU, convolution, because each reader of a map has its own norm.
Graph dense_block(ops::Shape input) {
  Graph graph(input);
  int64_t all = 0;
  for (int64_t layer = 1; layer <= kLayers; ++layer) {
    const std::string name = "layer" + std::to_string(layer);
    int64_t value = add_norm_relu(graph, name + "_norm", all);
    value = graph.add(
        conv_norm(name + "_bottleneck", {value}, kBottleneck * kGrowth, 1, 1, /*relu=*/true));
    value = graph.add(
        {"conv", name + "_conv", {value}, {{"channels", kGrowth}, {"kernel", 3}, {"bias", 0}}});
    all = graph.add({"concat", name + "_all", {all, value}, {}});
  }
  return graph;
}

Graph transition(ops::Shape input) {
  Graph graph(input);
  int64_t value = add_norm_relu(graph, "norm", 0);
  value = graph.add(
      {"conv", "conv", {value}, {{"channels", input.channels / 2}, {"kernel", 1}, {"bias", 0}}});
  graph.add({"average_pool", "pool", {value}, {{"size", 2}}});
  return graph;
}

Graph last_norm(ops::Shape input) {
  Graph graph(input);
  add_norm_relu(graph, "norm", 0);
  return graph;
}

}  // namespace

std::vector<Stage> densenet(ops::Shape segment) {
  std::vector<Stage> stages{{"stem", stem(segment, 2 * kGrowth, kStemKernel, 2)}};
  for (int64_t block = 1; block <= kBlocks; ++block) {
    stages.push_back({"block" + std::to_string(block), dense_block(features(stages))});
    if (block < kBlocks) {
      stages.push_back({"transition" + std::to_string(block), transition(features(stages))});
    }
  }
  stages.push_back({"last", last_norm(features(stages))});
  return stages;
}

}  // namespace dt4ecg::nn
