#include "dt4ecg/nn/resnet.hpp"

namespace dt4ecg::nn {

namespace {

Node conv(const std::string& name, std::vector<int64_t> inputs, int64_t channels, int64_t kernel,
          int64_t stride, bool relu) {
  return {"conv_norm",
          name,
          std::move(inputs),
          {{"channels", channels}, {"kernel", kernel}, {"stride", stride}, {"relu", relu}}};
}

Graph residual_module(ops::Shape input, int64_t channels, int64_t stride) {
  Graph graph(input);
  const int64_t hidden = graph.add(conv("conv1", {0}, channels, 3, stride, true));
  const bool same_shape = graph.shape(hidden) == input;
  const int64_t skip =
      same_shape ? 0 : graph.add(conv("projection", {0}, channels, 1, stride, false));
  graph.add(conv("conv2", {hidden, skip}, channels, 3, 1, true));
  return graph;
}

}  // namespace

std::vector<Stage> ResNet::operator()(ops::Shape segment) const {
  Graph stem(segment);
  const int64_t centred = stem.add({"batch_norm", "norm", {0}, {}});
  stem.add(conv("conv", {centred}, stem_channels, stem_kernel, 1, true));
  std::vector<Stage> stages{{"stem", stem}};
  for (size_t i = 0; i < channels.size(); ++i) {
    const Graph& before = stages.back().graph;
    stages.push_back({"module" + std::to_string(i + 1),
                      residual_module(before.shape(before.outputs()[0]), channels[i], strides[i])});
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
