#include <array>

#include "nn/backbones.hpp"
#include "nn/nodes.hpp"

namespace dt4ecg::nn {

namespace {

// The widths are those of DT4ECG. Kernel 5 gives about the same number of parameters with one
// convolution per module instead of two.
constexpr int64_t kStem = 32, kStemKernel = 7, kKernel = 5;
constexpr std::array<int64_t, 3> kChannels{64, 128, 128};

Graph pooled_convolution(ops::Shape input, int64_t channels) {
  Graph graph(input);
  graph.add({"max_pool", "pool", {0}, {{"size", 2}}});
  graph.add(conv_norm("conv", {1}, channels, kKernel, 1, /*relu=*/true));
  return graph;
}

}  // namespace

std::vector<Stage> cnn(ops::Shape segment) {
  std::vector<Stage> stages{{"stem", stem(segment, kStem, kStemKernel, 1)}};
  for (std::size_t i = 0; i < kChannels.size(); ++i) {
    stages.push_back(
        {"layer" + std::to_string(i + 1), pooled_convolution(features(stages), kChannels[i])});
  }
  return stages;
}

}  // namespace dt4ecg::nn
