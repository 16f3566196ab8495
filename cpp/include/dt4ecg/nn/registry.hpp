#pragma once

#include <string>
#include <utility>
#include <vector>

#include "dt4ecg/nn/graph.hpp"

namespace dt4ecg::nn {

// A network is a chain of stages: [standardization,] the backbone's stages, an attention, the
// pooling, the heads.
struct Stage {
  std::string name;
  Graph graph;
};

// Builds the stages for segments (C, T); each stage reads the output of the stage before.
struct Backbone {
  std::string name;
  std::string summary;
  std::vector<Stage> (*build)(ops::Shape segment);
};

// Builds a graph for a feature map (C, T); its output has the same shape.
struct Attention {
  std::string name;
  std::string summary;
  Graph (*build)(ops::Shape features);
};

// The tables of backbones and attentions, which the command line, tests and documentation read.
const std::vector<Backbone>& backbones();
const std::vector<Attention>& attentions();

// Scales each lead of each segment to mean 0 and variance 1.
Graph standardization(ops::Shape segment);

// Global average pooling over time.
Graph pooling(ops::Shape features);

// One linear head per (task, number of classes), in that order.
Graph heads(ops::Shape pooled, const std::vector<std::pair<std::string, int64_t>>& tasks);

}  // namespace dt4ecg::nn
