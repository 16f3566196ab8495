#include <algorithm>
#include <array>

#include "nn/backbones.hpp"
#include "nn/nodes.hpp"

namespace dt4ecg::nn {

namespace {

// The beginning of EfficientNet-B0 (Table 1): its stem, its stages 2 to 4, the first block of stage
// 5, and the last convolution at four times the width before it, as in the original.
constexpr int64_t kStem = 32, kStemKernel = 3, kHeadFactor = 4;
struct Block {
  int64_t expansion, channels, kernel, stride;
};
constexpr std::array<Block, 6> kBlocks{
    {{1, 16, 3, 1}, {6, 24, 3, 2}, {6, 24, 3, 1}, {6, 40, 5, 2}, {6, 40, 5, 1}, {6, 80, 3, 2}}};
// Squeeze-and-excitation reduces to a quarter of the block's input, not of the expanded map.
constexpr int64_t kReduction = 4;

Graph pointwise_silu(ops::Shape input, int64_t channels) {
  Graph graph(input);
  const int64_t conv = graph.add(conv_norm("conv", {0}, channels, 1, 1, /*relu=*/false));
  graph.add({"silu", "active", {conv}, {}});
  return graph;
}

Graph stem_silu(ops::Shape segment) {
  Graph graph(segment);
  const int64_t centred = graph.add({"batch_norm", "norm", {0}, {}});
  const int64_t conv =
      graph.add(conv_norm("conv", {centred}, kStem, kStemKernel, 2, /*relu=*/false));
  graph.add({"silu", "active", {conv}, {}});
  return graph;
}

Graph inverted_bottleneck(ops::Shape input, const Block& block) {
  Graph graph(input);
  int64_t value = 0;
  if (block.expansion > 1) {
    value =
        graph.add(conv_norm("expand", {0}, block.expansion * input.channels, 1, 1, /*relu=*/false));
    value = graph.add({"silu", "expanded", {value}, {}});
  }
  value = graph.add(depthwise_norm("depthwise", value, block.kernel, block.stride, /*relu=*/false));
  value = graph.add({"silu", "filtered", {value}, {}});
  value = add_squeeze_excitation(graph, value, std::max<int64_t>(1, input.channels / kReduction),
                                 "silu");
  std::vector<int64_t> inputs{value};
  if (block.stride == 1 && block.channels == input.channels) {
    inputs.push_back(0);
  }
  graph.add(conv_norm("project", inputs, block.channels, 1, 1, /*relu=*/false));
  return graph;
}

}  // namespace

std::vector<Stage> efficientnet(ops::Shape segment) {
  std::vector<Stage> stages{{"stem", stem_silu(segment)}};
  for (std::size_t i = 0; i < kBlocks.size(); ++i) {
    stages.push_back(
        {"block" + std::to_string(i + 1), inverted_bottleneck(features(stages), kBlocks[i])});
  }
  stages.push_back(
      {"last", pointwise_silu(features(stages), kHeadFactor * features(stages).channels)});
  return stages;
}

}  // namespace dt4ecg::nn
