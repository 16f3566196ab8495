#include <array>

#include "nn/backbones.hpp"
#include "nn/nodes.hpp"

namespace dt4ecg::nn {

namespace {

// An MLP uses each weight once, so it can match DT4ECG only in the number of parameters.
constexpr std::array<int64_t, 3> kHidden{256, 128, 128};

Graph fully_connected(ops::Shape input, int64_t hidden) {
  Graph graph(input);
  graph.add({"conv", "linear", {0}, {{"channels", hidden}, {"kernel", 1}, {"bias", 1}}});
  graph.add({"relu", "active", {1}, {}});
  return graph;
}

}  // namespace

std::vector<Stage> mlp(ops::Shape segment) {
  Graph input(segment);
  input.add({"batch_norm", "norm", {0}, {}});
  input.add({"flatten", "flat", {1}, {}});
  std::vector<Stage> stages{{"input", input}};
  for (std::size_t i = 0; i < kHidden.size(); ++i) {
    stages.push_back(
        {"layer" + std::to_string(i + 1), fully_connected(features(stages), kHidden[i])});
  }
  return stages;
}

}  // namespace dt4ecg::nn
