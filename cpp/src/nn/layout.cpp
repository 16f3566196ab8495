#include "nn/layout.hpp"

#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "base/error.hpp"
#include "ops/reference.hpp"

namespace dt4ecg::nn {

namespace {

void check(const std::vector<BoundGraph>& chain) {
  const auto fit = [](const std::vector<ops::TensorSpec>& specs,
                      const std::vector<at::Tensor>& tensors) {
    return std::equal(specs.begin(), specs.end(), tensors.begin(), tensors.end(),
                      [](const ops::TensorSpec& spec, const at::Tensor& tensor) {
                        return tensor.sizes() == at::IntArrayRef(spec.shape);
                      });
  };
  if (chain.empty()) {
    throw_invalid("walk", "", "needs at least one graph");
  }
  ops::Shape shape = chain.front().graph->input();
  for (const BoundGraph& part : chain) {
    if (part.graph->input() != shape) {
      throw_invalid("walk", "", "a graph does not take what the one before it gives");
    }
    if (!fit(part.graph->parameters(), part.parameters) ||
        !fit(part.graph->buffers(), part.buffers)) {
      throw_invalid("walk", "", "a graph's tensors are not of its number and shapes");
    }
    shape = part.graph->shape(part.graph->outputs().front());
  }
}

}  // namespace

template <class Scalar>
bool Layout<Scalar>::supports(const std::vector<BoundGraph>& chain) {
  const auto fits = [](const at::Tensor& tensor) {
    return tensor.device().is_cpu() && tensor.layout() == at::kStrided && tensor.is_contiguous() &&
           tensor.scalar_type() == c10::CppTypeToScalarType<Scalar>::value;
  };
  return std::all_of(chain.begin(), chain.end(), [&](const BoundGraph& part) {
    return std::all_of(part.parameters.begin(), part.parameters.end(), fits) &&
           std::all_of(part.buffers.begin(), part.buffers.end(), fits);
  });
}

template <class Scalar>
Layout<Scalar>::Layout(const std::vector<BoundGraph>& chain, int64_t capacity, Purpose purpose)
    : capacity_(capacity), batch_(capacity) {
  if (!supports(chain)) {
    throw_invalid("walk", "",
                  "needs contiguous tensors of one precision on the CPU; run the reference");
  }
  check(chain);
  values_.push_back({chain.front().graph->input(), {}});
  outputs_ = {0};
  for (const BoundGraph& part : chain) {
    features_ = outputs_.front();
    add_graph(part, features_);
  }
  for (Value& value : values_) {
    value.map =
        allocate(std::max<int64_t>(value.shape.length, 1), value.shape.channels, value.map.halo);
  }
  std::size_t n = 0;
  for (const BoundGraph& part : chain) {
    for (const nn::Node& source : part.graph->nodes()) {
      bind(nodes_[n++], source, purpose);
    }
  }
}

// Adds the nodes of a graph and their values. A value's halo is the largest that a reader needs.
template <class Scalar>
void Layout<Scalar>::add_graph(const BoundGraph& part, std::size_t input) {
  const Graph& graph = *part.graph;
  std::vector<std::size_t> global{input};  // index of each of the graph's own values
  auto parameter = part.parameters.begin();
  auto buffer = part.buffers.begin();
  const auto take = [](auto& from, std::size_t count) {
    const auto begin = from;
    from += static_cast<ptrdiff_t>(count);
    return std::vector<at::Tensor>(begin, from);
  };
  for (std::size_t n = 0; n < graph.nodes().size(); ++n) {
    const nn::Node& source = graph.nodes()[n];
    Node node;
    for (const int64_t value : source.inputs) {
      node.inputs.push_back(global[static_cast<std::size_t>(value)]);
    }
    const ops::Operator& op = ops::find_operator(source.op);
    if (op.halo && ops::fuse_of<Scalar>(op)) {
      int64_t& halo = values_[node.inputs[0]].map.halo;
      halo = std::max(halo, op.halo(source.attributes));
    }
    node.parameters = take(parameter, graph.parameters_of(n));
    node.buffers = take(buffer, graph.buffers_of(n));
    node.output = values_.size();
    global.push_back(node.output);
    values_.push_back({graph.shape(static_cast<int64_t>(n) + 1), {}});
    nodes_.push_back(std::move(node));
  }
  outputs_.clear();
  for (const int64_t output : graph.outputs()) {
    outputs_.push_back(global[static_cast<std::size_t>(output)]);
  }
}

template <class Scalar>
void Layout<Scalar>::bind(Node& node, const nn::Node& source, Purpose purpose) {
  ops::Binding<Scalar> binding;
  binding.capacity = capacity_;
  binding.inference = purpose == Purpose::inference;
  binding.output = values_[node.output].map;
  std::vector<ops::Shape> shapes;
  for (const std::size_t input : node.inputs) {
    binding.inputs.push_back(values_[input].map);
    shapes.push_back(values_[input].shape);
  }
  shapes.push_back(values_[node.output].shape);
  for (const at::Tensor& tensor : node.parameters) {
    binding.parameters.push_back(tensor.const_data_ptr<Scalar>());
  }
  for (const at::Tensor& tensor : node.buffers) {
    binding.buffers.push_back(tensor.mutable_data_ptr<Scalar>());
  }
  const ops::Operator& op = ops::find_operator(source.op);
  const ops::Fuse<Scalar> fuse = ops::fuse_of<Scalar>(op);
  node.fused = fuse ? fuse(source.attributes, binding)
                    : ops::reference_node<Scalar>(op, source.attributes, shapes, binding,
                                                  node.parameters, node.buffers);
}

template <class Scalar>
ops::Map<Scalar> Layout<Scalar>::allocate(int64_t length, int64_t channels, int64_t halo) {
  ops::Map<Scalar> map{nullptr, length, channels, halo};
  map.data = memory_.emplace_back(static_cast<std::size_t>(capacity_ * map.sample_stride())).data();
  return map;
}

template <class Scalar>
void Layout<Scalar>::take(const at::Tensor& x) {
  if (x.size(0) < 1 || x.size(0) > capacity_) {
    throw_invalid("walk", "x", "made for batches of 1 to ", capacity_, ", got ", x.size(0));
  }
  batch_ = x.size(0);
  const at::NoGradGuard no_grad;
  view(0).copy_(x);
}

template <class Scalar>
at::Tensor Layout<Scalar>::view(std::size_t value) const {
  return ops::view(values_[value].map, batch_, values_[value].shape.length == 0);
}

template class Layout<float>;
template class Layout<double>;

}  // namespace dt4ecg::nn
