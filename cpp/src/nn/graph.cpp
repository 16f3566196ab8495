#include "dt4ecg/nn/graph.hpp"

#include <ATen/autocast_mode.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <unordered_map>

#include "base/error.hpp"
#include "ops/operator.hpp"

namespace dt4ecg::nn {

namespace {

void check_name(const Graph& graph, const std::string& name) {
  const auto legal = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  if (name.empty() || !std::all_of(name.begin(), name.end(), legal)) {
    throw_invalid("graph", "node", "the node name '", name,
                  "' must be letters, digits and underscores");
  }
  for (const Node& node : graph.nodes()) {
    if (node.name == name) {
      throw_invalid("graph", "node", "two nodes are called '", name, "'");
    }
  }
}

void check_attributes(const ops::Operator& op, const Node& node) {
  for (const std::string& key : op.attributes) {
    if (!node.attributes.contains(key)) {
      throw_invalid("graph", "node", "node '", node.name, "' (", op.name, ") lacks ", key);
    }
  }
  for (const auto& [key, value] : node.attributes) {
    if (std::find(op.attributes.begin(), op.attributes.end(), key) == op.attributes.end()) {
      throw_invalid("graph", "node", "node '", node.name, "' (", op.name, ") has no attribute ",
                    key);
    }
  }
}

// Accepts one dtype for all, or float32 tensors with an x of reduced precision, which autocast
// casts.
bool fits(const at::Tensor& tensor, const at::Tensor& x) {
  const auto type = tensor.scalar_type();
  return type == x.scalar_type() ||
         (type == at::kFloat && at::isReducedFloatingType(x.scalar_type())) ||
         (at::isFloatingType(type) && at::autocast::is_autocast_enabled(x.device().type()));
}

void check_tensors(const char* kind, const std::vector<ops::TensorSpec>& specs,
                   ops::Tensors tensors, const at::Tensor& x) {
  if (tensors.size() != specs.size()) {
    throw_invalid("run_graph", kind + std::string("s"), "takes ", specs.size(), " ", kind,
                  "s, got ", tensors.size());
  }
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if (!tensors[i].defined()) {
      throw_invalid("run_graph", kind + std::string("s"), kind, " ", specs[i].name,
                    " is undefined");
    }
    if (tensors[i].sym_sizes() != c10::fromIntArrayRefSlow(specs[i].shape)) {
      throw_invalid("run_graph", kind + std::string("s"), kind, " ", specs[i].name,
                    " must have the shape ", at::IntArrayRef(specs[i].shape), ", got ",
                    tensors[i].sym_sizes());
    }
    if (!fits(tensors[i], x)) {
      throw_invalid("run_graph", kind + std::string("s"), kind, " ", specs[i].name, " is ",
                    tensors[i].scalar_type(), ", but x is ", x.scalar_type(),
                    "; move both to one dtype");
    }
    if (tensors[i].device() != x.device()) {
      throw_invalid("run_graph", kind + std::string("s"), kind, " ", specs[i].name, " is on ",
                    tensors[i].device(), ", but x is on ", x.device());
    }
  }
}

}  // namespace

Graph::Graph(ops::Shape input) : shapes_{input}, outputs_{0} {
  if (input.channels < 1 || input.channels > ops::kMostChannels || input.length < 0 ||
      input.length > ops::kLongest) {
    throw_invalid("graph", "input", "needs an input of 1 to ", ops::kMostChannels,
                  " channels and length 0 to ", ops::kLongest, ", got ", input.channels, " and ",
                  input.length);
  }
}

int64_t Graph::add(Node node) {
  const ops::Operator& op = ops::find_operator(node.op);
  check_name(*this, node.name);
  check_attributes(op, node);
  if (node.inputs.size() < op.min_inputs || node.inputs.size() > op.max_inputs) {
    throw_invalid("graph", "node", "node '", node.name, "' (", op.name, ") takes ", op.min_inputs,
                  " to ", op.max_inputs, " inputs, got ", node.inputs.size());
  }
  std::vector<ops::Shape> inputs;
  for (const int64_t value : node.inputs) {
    if (value < 0 || value >= std::ssize(shapes_)) {
      throw_invalid("graph", "node", "node '", node.name, "' reads value ", value,
                    ", but only 0 to ", shapes_.size() - 1, " stand before it");
    }
    inputs.push_back(shape(value));
  }
  const ops::Signature signature = op.describe(node.attributes, inputs);

  const auto append = [&node](std::vector<ops::TensorSpec>& all,
                              const std::vector<ops::TensorSpec>& own) {
    const Range range{all.size(), own.size()};
    for (ops::TensorSpec spec : own) {
      spec.name = node.name + "." + spec.name;
      all.push_back(std::move(spec));
    }
    return range;
  };
  node_parameters_.push_back(append(parameters_, signature.parameters));
  node_buffers_.push_back(append(buffers_, signature.buffers));
  if (__builtin_add_overflow(multiply_adds_, signature.multiply_adds, &multiply_adds_)) {
    throw_invalid("graph", "", "more than 2^63 multiply-adds; use fewer or smaller nodes");
  }
  shapes_.push_back(signature.output);
  operators_.push_back(&op);
  nodes_.push_back(std::move(node));
  outputs_ = {std::ssize(nodes_)};
  return std::ssize(nodes_);
}

void Graph::set_outputs(std::vector<int64_t> values) {
  for (const int64_t value : values) {
    if (value < 0 || value >= std::ssize(shapes_)) {
      throw_invalid("graph", "outputs", "no value ", value, " to put out");
    }
  }
  if (values.empty()) {
    throw_invalid("graph", "outputs", "needs at least one output");
  }
  outputs_ = std::move(values);
}

bool Graph::has_fused_form() const {
  return !operators_.empty() &&
         std::all_of(operators_.begin(), operators_.end(),
                     [](const ops::Operator* op) { return op->fuse && op->fuse_double; });
}

void Graph::check(const at::Tensor& x, ops::Tensors parameters, ops::Tensors buffers) const {
  const int64_t rank = input().length == 0 ? 2 : 3;
  // The sizes are symbolic, so that torch.export can keep the batch size dynamic.
  if (x.dim() != rank || x.sym_size(1) != input().channels ||
      (rank == 3 && x.sym_size(2) != input().length)) {
    throw_invalid("run_graph", "x", "takes (batch, ", input().channels,
                  rank == 3 ? ", " + std::to_string(input().length) : "", "), got ", x.sym_sizes());
  }
  if (!x.is_floating_point()) {
    throw_invalid("run_graph", "x", "takes floating-point x, got ", x.scalar_type());
  }
  check_tensors("parameter", parameters_, parameters, x);
  check_tensors("buffer", buffers_, buffers, x);
}

std::vector<at::Tensor> Graph::forward(const at::Tensor& x, ops::Tensors parameters,
                                       ops::Tensors buffers, bool training) const {
  check(x, parameters, buffers);
  std::vector<at::Tensor> values{x};
  values.reserve(nodes_.size() + 1);
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    std::vector<at::Tensor> inputs;
    for (const int64_t value : nodes_[i].inputs) {
      inputs.push_back(values[static_cast<std::size_t>(value)]);
    }
    const at::Tensor value = operators_[i]->forward(
        nodes_[i].attributes, inputs,
        parameters.subspan(node_parameters_[i].begin, node_parameters_[i].size),
        buffers.subspan(node_buffers_[i].begin, node_buffers_[i].size), training);
    // Under autocast, products are rounded, but values between the nodes stay in float32.
    values.push_back(value.scalar_type() == x.scalar_type() ? value : value.to(x.scalar_type()));
  }
  std::vector<at::Tensor> outputs;
  for (const int64_t value : outputs_) {
    outputs.push_back(values[static_cast<std::size_t>(value)]);
  }
  return outputs;
}

std::vector<at::Tensor> initial_values(const std::vector<ops::TensorSpec>& specs,
                                       std::optional<at::Generator> generator) {
  std::vector<at::Tensor> values;
  for (const ops::TensorSpec& spec : specs) {
    at::Tensor value = at::empty(spec.shape, at::kFloat);
    switch (spec.init) {
      case ops::Init::fan_in_uniform: {
        const double bound = 1.0 / std::sqrt(static_cast<double>(spec.fan_in));
        value.uniform_(-bound, bound, generator);
        break;
      }
      case ops::Init::zeros:
        value.zero_();
        break;
      case ops::Init::ones:
        value.fill_(1);
        break;
    }
    values.push_back(value);
  }
  return values;
}

std::shared_ptr<const Graph> parsed(const std::string& text) {
  static std::mutex mutex;
  static std::unordered_map<std::string, std::shared_ptr<const Graph>> graphs;
  const std::lock_guard lock(mutex);
  if (const auto found = graphs.find(text); found != graphs.end()) {
    return found->second;
  }
  auto graph = std::make_shared<const Graph>(Graph::parse(text));
  if (graphs.size() >= kCachedGraphs) {
    graphs.clear();  // simple, because programs use a few dozen
  }
  return graphs[text] = std::move(graph);
}

}  // namespace dt4ecg::nn
