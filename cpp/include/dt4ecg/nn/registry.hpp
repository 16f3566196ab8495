#pragma once

#include <string>
#include <utility>
#include <vector>

#include "dt4ecg/nn/graph.hpp"

namespace dt4ecg::nn {

// A network is a chain of these: [standardization,] the backbone's stages, an attention, the
// pooling, the heads.
struct Stage {
  std::string name;
  Graph graph;
};

// (C, T) of the segments -> stages, each fed with the one before.
struct Backbone {
  std::string name;
  std::string summary;
  std::vector<Stage> (*build)(ops::Shape segment);
};

// (C, T) of a feature map -> a graph that keeps that shape.
struct Attention {
  std::string name;
  std::string summary;
  Graph (*build)(ops::Shape features);
};

// The one table of each: it drives the command line, the tests and the documentation.
const std::vector<Backbone>& backbones();
const std::vector<Attention>& attentions();

// Each lead of each segment with mean 0 and variance 1.
Graph standardization(ops::Shape segment);

// Global average pooling over time.
Graph pooling(ops::Shape features);

// One linear head per (task, number of classes), in that order.
Graph heads(ops::Shape pooled, const std::vector<std::pair<std::string, int64_t>>& tasks);

}  // namespace dt4ecg::nn
