#include "nn/attentions.hpp"

#include <algorithm>
#include <numeric>

#include "nn/nodes.hpp"

namespace dt4ecg::nn {

namespace {

int64_t reduced(int64_t channels) { return std::max<int64_t>(1, channels / 16); }

}  // namespace

Graph no_attention(ops::Shape features) { return Graph(features); }

Graph se(ops::Shape features) {
  Graph graph(features);
  add_squeeze_excitation(graph, 0, reduced(features.channels), "relu");
  return graph;
}

Graph mha(ops::Shape features) {
  Graph graph(features);
  graph.add({"mha", "mha", {0}, {{"heads", std::gcd(features.channels, int64_t{4})}}});
  return graph;
}

Graph cbam(ops::Shape features) {
  Graph graph(features);
  graph.add({"cbam", "cbam", {0}, {{"hidden", reduced(features.channels)}, {"kernel", 7}}});
  return graph;
}

Graph sca(ops::Shape features) {
  Graph graph(features);
  graph.add({"sca", "sca", {0}, {}});
  return graph;
}

}  // namespace dt4ecg::nn
