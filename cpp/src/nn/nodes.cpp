#include "nn/nodes.hpp"

namespace dt4ecg::nn {

Node conv_norm(std::string name, std::vector<int64_t> inputs, int64_t channels, int64_t kernel,
               int64_t stride, bool relu) {
  return {"conv_norm",
          std::move(name),
          std::move(inputs),
          {{"channels", channels}, {"kernel", kernel}, {"stride", stride}, {"relu", relu}}};
}

Node depthwise_norm(std::string name, int64_t input, int64_t kernel, int64_t stride, bool relu) {
  return {"depthwise_norm",
          std::move(name),
          {input},
          {{"kernel", kernel}, {"stride", stride}, {"relu", relu}}};
}

Graph stem(ops::Shape segment, int64_t channels, int64_t kernel, int64_t stride) {
  Graph graph(segment);
  const int64_t centred = graph.add({"batch_norm", "norm", {0}, {}});
  graph.add(conv_norm("conv", {centred}, channels, kernel, stride, /*relu=*/true));
  return graph;
}

ops::Shape features(const std::vector<Stage>& stages) {
  const Graph& last = stages.back().graph;
  return last.shape(last.outputs().front());
}

int64_t add_squeeze_excitation(Graph& graph, int64_t value, int64_t hidden,
                               const std::string& activation) {
  const int64_t channels = graph.shape(value).channels;
  const int64_t squeezed = graph.add({"mean_pool", "squeeze", {value}, {}});
  const int64_t reduced = graph.add({"linear", "reduce", {squeezed}, {{"outputs", hidden}}});
  const int64_t active = graph.add({activation, "active", {reduced}, {}});
  const int64_t excited = graph.add({"linear", "restore", {active}, {{"outputs", channels}}});
  return graph.add({"gate", "excite", {value, excited}, {}});
}

}  // namespace dt4ecg::nn
