#include "dt4ecg/nn/registry.hpp"

#include "dt4ecg/nn/resnet.hpp"

namespace dt4ecg::nn {

namespace {

Graph none(ops::Shape features) { return Graph(features); }

Graph sca(ops::Shape features) {
  Graph graph(features);
  graph.add({"sca", "sca", {0}, {}});
  return graph;
}

}  // namespace

const std::vector<Backbone>& backbones() {
  static const std::vector<Backbone> table{
      {"resnet", "stem 32, residual modules of 32, 64 and 128 channels, stride 2 each", resnet},
      {"resnet_wide", "stem and residual modules of 64 channels, stride 1", resnet_wide},
  };
  return table;
}

const std::vector<Attention>& attentions() {
  static const std::vector<Attention> table{
      {"none", "features as they are", none},
      {"sca", "Sequence Channel Attention (paper, equations 1 to 7)", sca},
  };
  return table;
}

Graph pooling(ops::Shape features) {
  Graph graph(features);
  graph.add({"mean_pool", "pool", {0}, {}});
  return graph;
}

Graph heads(ops::Shape pooled, const std::vector<std::pair<std::string, int64_t>>& tasks) {
  Graph graph(pooled);
  std::vector<int64_t> outputs;
  for (const auto& [task, classes] : tasks)
    outputs.push_back(graph.add({"linear", task, {0}, {{"outputs", classes}}}));
  graph.set_outputs(outputs);
  return graph;
}

}  // namespace dt4ecg::nn
