#include <array>

#include "nn/backbones.hpp"
#include "nn/nodes.hpp"

namespace dt4ecg::nn {

namespace {

// The first six layers of the original (Table 1) at full width. The remaining seven layers would
// hold nine tenths of the parameters.
constexpr int64_t kStem = 32, kKernel = 3;
struct Block {
  int64_t channels, stride;
};
constexpr std::array<Block, 5> kBlocks{{{64, 1}, {128, 2}, {128, 1}, {256, 2}, {256, 1}}};

Graph separable_convolution(ops::Shape input, const Block& block) {
  Graph graph(input);
  graph.add(depthwise_norm("depthwise", 0, kKernel, block.stride, /*relu=*/true));
  graph.add(conv_norm("pointwise", {1}, block.channels, 1, 1, /*relu=*/true));
  return graph;
}

}  // namespace

std::vector<Stage> mobilenet(ops::Shape segment) {
  std::vector<Stage> stages{{"stem", stem(segment, kStem, kKernel, 2)}};
  for (std::size_t i = 0; i < kBlocks.size(); ++i) {
    stages.push_back(
        {"block" + std::to_string(i + 1), separable_convolution(features(stages), kBlocks[i])});
  }
  return stages;
}

}  // namespace dt4ecg::nn
