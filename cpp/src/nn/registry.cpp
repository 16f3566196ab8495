#include "dt4ecg/nn/registry.hpp"

#include "nn/attentions.hpp"
#include "nn/backbones.hpp"
#include "nn/resnet.hpp"

namespace dt4ecg::nn {

const std::vector<Backbone>& backbones() {
  static const std::vector<Backbone> table{
      {"lstm", "one layer of 64 units over time (Hochreiter and Schmidhuber 1997)", lstm},
      {"mlp", "fully connected layers of 256, 128 and 128 units on the flattened segment", mlp},
      {"cnn", "convolutions of 32, 64, 128 and 128 channels with max pooling between them", cnn},
      {"mobilenet", "depthwise separable convolutions, MobileNet's first six layers", mobilenet},
      {"efficientnet", "inverted bottlenecks with SE and SiLU, B0's first stages", efficientnet},
      {"densenet", "three dense blocks of four layers, growth 16", densenet},
      {"resnet", "stem 32, residual modules of 32, 64 and 128 channels, stride 2 each", resnet},
      {"resnet_wide", "stem and residual modules of 64 channels, stride 1", resnet_wide},
  };
  return table;
}

const std::vector<Attention>& attentions() {
  static const std::vector<Attention> table{
      {"none", "features as they are", no_attention},
      {"se", "squeeze-and-excitation, reduction 16 (Hu et al. 2018)", se},
      {"mha", "multi-head self-attention over time, four heads (Vaswani et al. 2017)", mha},
      {"cbam", "CBAM, reduction 16, kernel 7 (Woo et al. 2018)", cbam},
      {"sca", "Sequence Channel Attention (paper, equations 1 to 7)", sca},
  };
  return table;
}

Graph standardization(ops::Shape segment) {
  Graph graph(segment);
  graph.add({"standardize", "standardize", {0}, {}});
  return graph;
}

Graph pooling(ops::Shape features) {
  Graph graph(features);
  graph.add({"mean_pool", "pool", {0}, {}});
  return graph;
}

Graph heads(ops::Shape pooled, const std::vector<std::pair<std::string, int64_t>>& tasks) {
  Graph graph(pooled);
  std::vector<int64_t> outputs;
  for (const auto& [task, classes] : tasks) {
    outputs.push_back(graph.add({"linear", task, {0}, {{"outputs", classes}}}));
  }
  graph.set_outputs(outputs);
  return graph;
}

}  // namespace dt4ecg::nn
