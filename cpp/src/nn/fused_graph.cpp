#include "nn/fused_graph.hpp"

#include <ATen/autocast_mode.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/alias.h>
#include <ATen/ops/empty_strided.h>
#include <ATen/record_function.h>
#include <c10/core/impl/TorchDispatchModeTLS.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <algorithm>

#include "base/error.hpp"
#include "nn/walk.hpp"
#include "ops/plain.hpp"

namespace dt4ecg::nn {

namespace {

using Tensors = std::vector<at::Tensor>;
using torch::autograd::AutogradContext;

bool fits_loops(const at::Tensor& tensor, const at::Tensor& x) {
  return tensor.is_contiguous() && tensor.scalar_type() == x.scalar_type() && ops::is_plain(tensor);
}

// The memory has channels last, like the maps of the loops.
at::Tensor empty_output(const Graph& graph, int64_t output, const c10::SymInt& batch,
                        const at::Tensor& x) {
  const ops::Shape shape = graph.shape(output);
  if (shape.length == 0) {
    return at::empty_strided_symint({batch, shape.channels}, {shape.channels, 1}, x.options());
  }
  return at::empty_strided_symint({batch, shape.channels, shape.length},
                                  {shape.channels * shape.length, 1, shape.channels}, x.options());
}

Tensors contiguous(ops::Tensors tensors) {
  Tensors all;
  for (const at::Tensor& tensor : tensors) {
    all.push_back(tensor.detach().contiguous());
  }
  return all;
}

Tensors clones(ops::Tensors tensors) {
  Tensors all;
  for (const at::Tensor& tensor : tensors) {
    all.push_back(tensor.detach().clone(at::MemoryFormat::Contiguous));
  }
  return all;
}

// In eval mode segments are independent, so this many are processed together to fit the cache.
constexpr int64_t kAtOnce = 16;

template <class Scalar>
Tensors forward(const std::shared_ptr<const Graph>& graph, const at::Tensor& x, Tensors parameters,
                const Tensors& buffers, bool training) {
  using Memory = Layout<Scalar>;
  const int64_t batch = x.size(0), at_once = training ? batch : std::min(batch, kAtOnce);
  Memory layout({{graph, std::move(parameters), buffers}}, at_once,
                training ? Memory::Purpose::training : Memory::Purpose::inference);
  for (std::size_t n = 0; n < layout.nodes(); ++n) {
    training ? layout.node(n).prepare(/*backward_too=*/false) : layout.node(n).prepare_inference();
  }
  Tensors outputs;
  for (const int64_t output : graph->outputs()) {
    outputs.push_back(empty_output(*graph, output, batch, x));
  }
  for (int64_t first = 0; first < batch; first += at_once) {
    const int64_t count = std::min(at_once, batch - first);
    layout.run(x, first, count, outputs, [&](ops::Fused<Scalar>& node) {
      training ? node.forward(count, true) : node.infer(count);
    });
  }
  return outputs;
}

void check_all(const Graph& graph, const at::Tensor& x, at::TensorList parameters,
               at::TensorList buffers) {
  graph.check(x, parameters, buffers);
  if (!graph.has_fused_form()) {
    throw_invalid("fused_graph", "",
                  "an operator of the graph has no loops of its own; call run_graph");
  }
  if (x.scalar_type() != at::kFloat && x.scalar_type() != at::kDouble) {
    throw_invalid("fused_graph", "x", "takes float32 or float64, got ", x.scalar_type(),
                  "; call run_graph");
  }
}

void check_cotangents(const Graph& graph, at::TensorList cotangents, const at::Tensor& x) {
  if (cotangents.size() != graph.outputs().size()) {
    throw_invalid("fused_graph_backward", "cotangents", "takes ", graph.outputs().size(),
                  " cotangents, one per output, got ", cotangents.size());
  }
  for (std::size_t i = 0; i < cotangents.size(); ++i) {
    const ops::Shape shape = graph.shape(graph.outputs()[i]);
    const at::Tensor& found = cotangents[i];
    if (found.dim() != (shape.length == 0 ? 2 : 3) || found.sym_size(0) != x.sym_size(0) ||
        found.sym_size(1) != shape.channels ||
        (shape.length != 0 && found.sym_size(2) != shape.length)) {
      throw_invalid("fused_graph_backward", "cotangents", "cotangent ", i,
                    " must have the shape of its output, got ", found.sym_sizes());
    }
    if (found.scalar_type() != x.scalar_type() || found.device() != x.device()) {
      throw_invalid("fused_graph_backward", "cotangents", "cotangent ", i,
                    " must be of the dtype and device of x, got ", found.scalar_type(), " on ",
                    found.device());
    }
  }
}

// Returns the gradient of x, followed by those of the parameters.
template <class Scalar>
Tensors backward(const std::shared_ptr<const Graph>& graph, ops::Tensors cotangents,
                 const at::Tensor& x, Tensors parameters, Tensors buffers, bool training) {
  for (at::Tensor& parameter : parameters) {
    parameter.requires_grad_();
  }
  Walk<Scalar> walk({{graph, parameters, std::move(buffers)}}, x.size(0),
                    {.input_cotangent = true});
  walk.forward(x, training);
  for (std::size_t output = 0; output < walk.outputs(); ++output) {
    walk.output_cotangent(output, output).copy_(cotangents[output]);
  }
  const std::vector<float> ones(walk.outputs(), 1);
  walk.backward_sum(ones, walk.nodes());
  Tensors gradients{at::empty_like(x, at::MemoryFormat::Contiguous)};
  gradients.front().copy_(walk.input_cotangent());
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    gradients.push_back(at::empty_like(parameters[p].detach()));
    walk.gradient(p, ones, gradients.back());
  }
  return gradients;
}

std::tuple<Tensors, Tensors> fused_graph_cpu(const at::Tensor& x, at::TensorList parameters,
                                             at::TensorList buffers, std::string_view text,
                                             bool training) {
  const auto graph = parsed(std::string(text));
  check_all(*graph, x, parameters, buffers);
  if (x.size(0) == 0) {
    throw_invalid("fused_graph", "x", "needs at least one segment; call run_graph");
  }
  Tensors after = clones(buffers);
  Tensors outputs = x.scalar_type() == at::kDouble
                        ? forward<double>(graph, x, contiguous(parameters), after, training)
                        : forward<float>(graph, x, contiguous(parameters), after, training);
  return {std::move(outputs), std::move(after)};
}

std::tuple<Tensors, Tensors> fused_graph_meta(const at::Tensor& x, at::TensorList parameters,
                                              at::TensorList buffers, std::string_view text, bool) {
  const auto graph = parsed(std::string(text));
  check_all(*graph, x, parameters, buffers);
  std::tuple<Tensors, Tensors> result;
  for (const int64_t output : graph->outputs()) {
    std::get<0>(result).push_back(empty_output(*graph, output, x.sym_size(0), x));
  }
  for (const at::Tensor& buffer : buffers) {
    std::get<1>(result).push_back(at::empty_like(buffer));
  }
  return result;
}

Tensors fused_graph_backward_cpu(at::TensorList cotangents, const at::Tensor& x,
                                 at::TensorList parameters, at::TensorList buffers,
                                 std::string_view text, bool training) {
  const auto graph = parsed(std::string(text));
  check_all(*graph, x, parameters, buffers);
  check_cotangents(*graph, cotangents, x);
  if (x.size(0) == 0) {
    throw_invalid("fused_graph_backward", "x", "needs at least one segment");
  }
  // The forward pass updates buffers, so it works on copies.
  return x.scalar_type() == at::kDouble
             ? backward<double>(graph, cotangents, x, clones(parameters), clones(buffers), training)
             : backward<float>(graph, cotangents, x, clones(parameters), clones(buffers), training);
}

Tensors fused_graph_backward_meta(at::TensorList cotangents, const at::Tensor& x,
                                  at::TensorList parameters, at::TensorList buffers,
                                  std::string_view text, bool) {
  const auto graph = parsed(std::string(text));
  check_all(*graph, x, parameters, buffers);
  check_cotangents(*graph, cotangents, x);
  Tensors gradients{at::empty_like(x, at::MemoryFormat::Contiguous)};
  for (const at::Tensor& parameter : parameters) {
    gradients.push_back(at::empty_like(parameter));
  }
  return gradients;
}

Tensors call_backward(at::TensorList cotangents, const at::Tensor& x, at::TensorList parameters,
                      at::TensorList buffers, std::string_view graph, bool training) {
  static const auto handle = c10::Dispatcher::singleton()
                                 .findSchemaOrThrow("dt4ecg::fused_graph_backward", "")
                                 .typed<decltype(fused_graph_backward_cpu)>();
  return handle.call(cotangents, x, parameters, buffers, graph, training);
}

// Returns for each parameter whether an output that has a cotangent depends on it.
std::vector<bool> reached_parameters(const Graph& graph, const Tensors& cotangents) {
  std::vector<bool> values(graph.nodes().size() + 1), parameters(graph.parameters().size());
  for (std::size_t i = 0; i < cotangents.size(); ++i) {
    if (cotangents[i].defined()) {
      values[static_cast<std::size_t>(graph.outputs()[i])] = true;
    }
  }
  auto end = parameters.end();
  for (std::size_t n = graph.nodes().size(); n-- > 0;) {
    const auto begin = end - static_cast<ptrdiff_t>(graph.parameters_of(n));
    std::fill(begin, end, static_cast<bool>(values[n + 1]));
    end = begin;
    if (!values[n + 1]) {
      continue;
    }
    for (const int64_t input : graph.nodes()[n].inputs) {
      values[static_cast<std::size_t>(input)] = true;
    }
  }
  return parameters;
}

Tensors fused_backward(const Tensors& cotangents, const at::Tensor& x, const Tensors& parameters,
                       const Tensors& buffers, const std::string& text, bool training) {
  const auto graph = parsed(text);
  Tensors complete = cotangents;
  for (std::size_t i = 0; i < complete.size(); ++i) {
    if (!complete[i].defined()) {
      complete[i] = empty_output(*graph, graph->outputs()[i], x.sym_size(0), x).zero_();
    }
  }
  Tensors gradients = call_backward(complete, x, parameters, buffers, text, training);
  // Like autograd, leave gradients undefined where no path leads: the trainer tests which tasks
  // reach a parameter.
  const std::vector<bool> reached = reached_parameters(*graph, cotangents);
  for (std::size_t p = 0; p < reached.size(); ++p) {
    if (!reached[p]) {
      gradients[p + 1].reset();
    }
  }
  return gradients;
}

// The derivative, composed of operators that are differentiable themselves.
Tensors reference_backward(const Tensors& cotangents, const at::Tensor& x,
                           const Tensors& parameters, const Tensors& buffers,
                           const std::string& graph, bool training) {
  Tensors sources{at::alias(x)};
  for (const at::Tensor& parameter : parameters) {
    sources.push_back(at::alias(parameter));
  }
  const Tensors outputs = parsed(graph)->forward(sources.front(), ops::Tensors(sources).subspan(1),
                                                 clones(buffers), training);
  Tensors used, seeds, asked, gradients;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (!cotangents[i].defined()) {
      continue;
    }
    used.push_back(outputs[i]);
    seeds.push_back(cotangents[i]);
  }
  std::copy_if(sources.begin(), sources.end(), std::back_inserter(asked),
               [](const at::Tensor& source) { return source.requires_grad(); });
  const Tensors found = torch::autograd::grad(used, asked, seeds, /*retain_graph=*/true,
                                              /*create_graph=*/true, /*allow_unused=*/true);
  auto next = found.begin();
  for (const at::Tensor& source : sources) {
    gradients.push_back(source.requires_grad() ? *next++ : at::Tensor());
  }
  return gradients;
}

struct FusedGraph : torch::autograd::Function<FusedGraph> {
  // Returns the outputs, followed by the buffers.
  static Tensors forward(AutogradContext* context, const at::Tensor& x, at::TensorList parameters,
                         at::TensorList buffers, const std::string& graph, bool training) {
    const at::AutoDispatchBelowADInplaceOrView below;
    Tensors saved{x};
    saved.insert(saved.end(), parameters.begin(), parameters.end());
    // In training the buffers are not read. In eval mode their present values matter.
    const Tensors before = clones(buffers);
    saved.insert(saved.end(), before.begin(), before.end());
    context->save_for_backward(saved);
    context->saved_data["parameters"] = static_cast<int64_t>(parameters.size());
    context->saved_data["graph"] = graph;
    context->saved_data["training"] = training;
    auto [outputs, after] = fused_graph(x, parameters, buffers, graph, training);
    context->saved_data["outputs"] = static_cast<int64_t>(outputs.size());
    context->mark_non_differentiable(after);
    context->set_materialize_grads(false);
    outputs.insert(outputs.end(), after.begin(), after.end());
    return outputs;
  }

  static Tensors backward(AutogradContext* context, const Tensors& cotangents) {
    const Tensors saved = context->get_saved_variables();
    const auto split = saved.begin() + 1 + context->saved_data["parameters"].toInt();
    const Tensors parameters(saved.begin() + 1, split), buffers(split, saved.end());
    const Tensors of_outputs(cotangents.begin(),
                             cotangents.begin() + context->saved_data["outputs"].toInt());
    const std::string graph = context->saved_data["graph"].toStringRef();
    const bool training = context->saved_data["training"].toBool();
    const auto derive = at::GradMode::is_enabled() ? reference_backward : fused_backward;
    Tensors gradients = derive(of_outputs, saved.front(), parameters, buffers, graph, training);
    gradients.resize(gradients.size() + buffers.size() + 2);  // graph and training have no gradient
    return gradients;
  }
};

std::tuple<Tensors, Tensors> fused_graph_autograd(const at::Tensor& x, at::TensorList parameters,
                                                  at::TensorList buffers, std::string_view graph,
                                                  bool training) {
  Tensors all = FusedGraph::apply(x, parameters, buffers, std::string(graph), training);
  const auto split = all.end() - std::ssize(buffers);
  return {Tensors(all.begin(), split), Tensors(split, all.end())};
}

}  // namespace

bool runs_fused(const at::Tensor& x, ops::Tensors parameters, ops::Tensors buffers,
                const std::string& text, bool training) {
  const auto plain = [&](const at::Tensor& tensor) { return fits_loops(tensor, x); };
  return (x.scalar_type() == at::kFloat || x.scalar_type() == at::kDouble) && ops::is_plain(x) &&
         x.layout() == at::kStrided && !c10::impl::TorchDispatchModeTLS::any_modes_set() &&
         !at::autocast::is_autocast_enabled(at::kCPU) && !at::tracer::impl::is_dispatch_enabled() &&
         // The reference reports the error for a batch that is too small for batch norm.
         x.dim() > 0 && x.size(0) > (training ? 1 : 0) &&
         std::all_of(parameters.begin(), parameters.end(), plain) &&
         std::all_of(buffers.begin(), buffers.end(), plain) && parsed(text)->has_fused_form();
}

std::tuple<Tensors, Tensors> fused_graph(const at::Tensor& x, ops::Tensors parameters,
                                         ops::Tensors buffers, std::string_view graph,
                                         bool training) {
  static const auto handle = c10::Dispatcher::singleton()
                                 .findSchemaOrThrow("dt4ecg::fused_graph", "")
                                 .typed<decltype(fused_graph_cpu)>();
  return handle.call(x, {parameters.data(), parameters.size()}, {buffers.data(), buffers.size()},
                     graph, training);
}

TORCH_LIBRARY_FRAGMENT(dt4ecg, library) {
  library.def(
      "fused_graph(Tensor x, Tensor[] parameters, Tensor[] buffers, str graph, bool training)"
      " -> (Tensor[] outputs, Tensor[] buffers)");
  library.def(
      "fused_graph_backward(Tensor[] cotangents, Tensor x, Tensor[] parameters, Tensor[] buffers,"
      " str graph, bool training) -> Tensor[]");
}
TORCH_LIBRARY_IMPL(dt4ecg, CPU, library) {
  library.impl("fused_graph", fused_graph_cpu);
  library.impl("fused_graph_backward", fused_graph_backward_cpu);
}
TORCH_LIBRARY_IMPL(dt4ecg, Meta, library) {
  library.impl("fused_graph", fused_graph_meta);
  library.impl("fused_graph_backward", fused_graph_backward_meta);
}
TORCH_LIBRARY_IMPL(dt4ecg, Autograd, library) { library.impl("fused_graph", fused_graph_autograd); }

}  // namespace dt4ecg::nn
