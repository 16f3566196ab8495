#include "nn/resnet.hpp"

#include "nn/nodes.hpp"

namespace dt4ecg::nn {

namespace {

Graph residual_module(ops::Shape input, int64_t channels, int64_t stride) {
  Graph graph(input);
  const int64_t hidden = graph.add(conv_norm("conv1", {0}, channels, 3, stride, true));
  const bool same_shape = graph.shape(hidden) == input;
  const int64_t skip =
      same_shape ? 0 : graph.add(conv_norm("projection", {0}, channels, 1, stride, false));
  graph.add(conv_norm("conv2", {hidden, skip}, channels, 3, 1, true));
  return graph;
}

}  // namespace

std::vector<Stage> ResNet::operator()(ops::Shape segment) const {
  std::vector<Stage> stages{{"stem", stem(segment, stem_channels, stem_kernel, 1)}};
  for (std::size_t i = 0; i < channels.size(); ++i) {
    stages.push_back({"module" + std::to_string(i + 1),
                      residual_module(features(stages), channels[i], strides[i])});
  }
  return stages;
}

std::vector<Stage> resnet(ops::Shape segment) {
  return ResNet{32, 7, {32, 64, 128}, {2, 2, 2}}(segment);
}

std::vector<Stage> resnet_wide(ops::Shape segment) {
  return ResNet{64, 7, {64, 64, 64}, {1, 1, 1}}(segment);
}

}  // namespace dt4ecg::nn
