#include "dt4ecg/nn/walk.hpp"

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <stdexcept>

#include "dt4ecg/ops/kernels.hpp"

namespace dt4ecg::nn {

namespace {

template <class Function>
void for_each_tensor(const std::vector<BoundGraph>& chain, const Function& function) {
  for (const BoundGraph& part : chain) {
    for (const at::Tensor& tensor : part.parameters) function(tensor);
    for (const at::Tensor& tensor : part.buffers) function(tensor);
  }
}

template <class Scalar>
int64_t elements(const ops::Map<Scalar>& map, int64_t batch) {
  return batch * map.sample_stride();
}

bool contains(const std::vector<size_t>& tasks, size_t task) {
  return std::find(tasks.begin(), tasks.end(), task) != tasks.end();
}

}  // namespace

template <class Scalar>
bool Walk<Scalar>::supports(const std::vector<BoundGraph>& chain) {
  bool fits = true;
  for_each_tensor(chain, [&](const at::Tensor& tensor) {
    fits = fits && tensor.device().is_cpu() && tensor.is_contiguous() &&
           tensor.layout() == at::kStrided &&
           tensor.scalar_type() == c10::CppTypeToScalarType<Scalar>::value;
  });
  return fits;
}

template <class Scalar>
Walk<Scalar>::Walk(const std::vector<BoundGraph>& chain, int64_t capacity, bool input_cotangent)
    : capacity_(capacity), batch_(capacity) {
  TORCH_CHECK_VALUE(
      supports(chain),
      "walk: needs contiguous tensors of one precision on the CPU; use the reference");
  for_each_tensor(chain, [&](const at::Tensor& tensor) {
    tensors_.push_back(tensor);
    addresses_.push_back(tensor.const_data_ptr());
  });
  add_values(chain, input_cotangent);
  add_nodes(chain);
  plan_cotangents();
  plan_backward(/*sum=*/false);
  plan_backward(/*sum=*/true);
}

template <class Scalar>
bool Walk<Scalar>::current() const {
  for (size_t i = 0; i < tensors_.size(); ++i)
    if (tensors_[i].const_data_ptr() != addresses_[i]) return false;
  return true;
}

template <class Scalar>
bool Walk<Scalar>::all_fused() const {
  return std::none_of(nodes_.begin(), nodes_.end(),
                      [](const Node& node) { return node.reference; });
}

// Values, who reads them, which tasks they reach; memory for the forward pass.
template <class Scalar>
void Walk<Scalar>::add_values(const std::vector<BoundGraph>& chain, bool input_cotangent) {
  values_.push_back({.shape = chain.front().graph->input(),
                     .map = {},
                     .tasks = {},
                     .cotangents = {},
                     .wanted = input_cotangent});
  size_t chain_value = 0;
  for (const BoundGraph& part : chain) {
    const Graph& graph = *part.graph;
    std::vector<size_t> global{chain_value};
    auto parameter = part.parameters.begin();
    for (size_t n = 0; n < graph.nodes().size(); ++n) {
      const nn::Node& source = graph.nodes()[n];
      Node node;
      Value value{.shape = graph.shape(static_cast<int64_t>(n) + 1),
                  .map = {},
                  .tasks = {},
                  .cotangents = {}};
      for (const int64_t input : source.inputs) {
        node.inputs.push_back(global[static_cast<size_t>(input)]);
        value.wanted = value.wanted || values_[node.inputs.back()].wanted;
      }
      const ops::Operator& op = ops::find_operator(source.op);
      if (op.halo && ops::fuse_of<Scalar>(op)) {
        int64_t& halo = values_[node.inputs[0]].map.halo;
        halo = std::max(halo, op.halo(source.attributes));
      }
      for (size_t p = 0; p < graph.parameters_of(n); ++p, ++parameter) {
        node.trained.push_back(-1);
        if (!parameter->requires_grad()) continue;
        const int64_t offset = trained_.empty() ? 0 : trained_.back().offset + trained_.back().size;
        node.trained.back() = std::ssize(trained_);
        trained_.push_back({nodes_.size(), p, offset, parameter->numel()});
        value.wanted = true;
      }
      node.output = values_.size();
      global.push_back(node.output);
      values_.push_back(std::move(value));
      nodes_.push_back(std::move(node));
    }
    outputs_.clear();
    for (const int64_t output : graph.outputs())
      outputs_.push_back(global[static_cast<size_t>(output)]);
    chain_value = outputs_.front();
  }
  for (size_t task = 0; task < outputs_.size(); ++task)
    values_[outputs_[task]].tasks.push_back(task);
  for (auto node = nodes_.rbegin(); node != nodes_.rend(); ++node)
    for (const size_t task : values_[node->output].tasks)
      for (const size_t input : node->inputs)
        if (!contains(values_[input].tasks, task)) values_[input].tasks.push_back(task);
  for (Value& value : values_) {
    std::sort(value.tasks.begin(), value.tasks.end());
    value.map.channels = value.shape.channels;
    value.map.length = std::max<int64_t>(value.shape.length, 1);
    memory_.emplace_back(static_cast<size_t>(elements(value.map, capacity_)));
    value.map.data = memory_.back().data();
  }
}

template <class Scalar>
void Walk<Scalar>::add_nodes(const std::vector<BoundGraph>& chain) {
  size_t n = 0;
  for (const BoundGraph& part : chain) {
    auto parameter = part.parameters.begin();
    auto buffer = part.buffers.begin();
    for (size_t local = 0; local < part.graph->nodes().size(); ++local, ++n) {
      const nn::Node& source = part.graph->nodes()[local];
      Node& node = nodes_[n];
      const std::vector<at::Tensor> parameters(
          parameter, parameter + static_cast<ptrdiff_t>(part.graph->parameters_of(local)));
      const std::vector<at::Tensor> buffers(
          buffer, buffer + static_cast<ptrdiff_t>(part.graph->buffers_of(local)));
      parameter += std::ssize(parameters);
      buffer += std::ssize(buffers);
      ops::Binding<Scalar> binding{.capacity = capacity_,
                                   .inputs = {},
                                   .output = values_[node.output].map,
                                   .parameters = {},
                                   .buffers = {}};
      std::vector<ops::Shape> shapes;
      for (const size_t input : node.inputs) {
        binding.inputs.push_back(values_[input].map);
        shapes.push_back(values_[input].shape);
      }
      shapes.push_back(values_[node.output].shape);
      for (const at::Tensor& tensor : parameters)
        binding.parameters.push_back(tensor.const_data_ptr<Scalar>());
      for (const at::Tensor& tensor : buffers)
        binding.buffers.push_back(tensor.mutable_data_ptr<Scalar>());
      const ops::Operator& op = ops::find_operator(source.op);
      if (const ops::Fuse<Scalar> fuse = ops::fuse_of<Scalar>(op)) {
        node.fused = fuse(source.attributes, binding);
      } else {
        node.reference = true;
        node.fused = ops::reference_node<Scalar>(op, source.attributes, shapes, binding, parameters,
                                                 buffers);
      }
    }
  }
}

// Memory for the way back. A cotangent lives in the memory of the one that it is handed over from.
template <class Scalar>
void Walk<Scalar>::plan_cotangents() {
  const auto allocate = [&](Value& value) {
    for (size_t i = 0; i < value.tasks.size(); ++i) {
      ops::Map<Scalar> map{nullptr, value.map.length, value.map.channels, 0};
      memory_.emplace_back(static_cast<size_t>(elements(map, capacity_)));
      map.data = memory_.back().data();
      value.cotangents.push_back(map);
    }
  };
  for (const size_t output : outputs_)
    if (values_[output].cotangents.empty()) allocate(values_[output]);
  for (auto node = nodes_.rbegin(); node != nodes_.rend(); ++node)
    for (size_t i = 0; i < node->inputs.size(); ++i) {
      Value& input = values_[node->inputs[i]];
      const Value& output = values_[node->output];
      if (!input.wanted || !input.cotangents.empty()) continue;
      if (node->fused->hands_over(i) && input.shape == output.shape && input.tasks == output.tasks)
        input.cotangents = output.cotangents;
      else
        allocate(input);
    }
  const int64_t size = trained_.empty() ? 0 : trained_.back().offset + trained_.back().size;
  gradients_.assign(outputs_.size(), ops::Buffer<Scalar>(static_cast<size_t>(size)));
  summed_.resize(static_cast<size_t>(size));
  int64_t most = 0;
  for (const Node& node : nodes_) most = std::max(most, node.fused->scratch_size());
  scratch_.resize(static_cast<size_t>(most) * outputs_.size());
}

// Who writes a cotangent first and who adds to it. The one of the sum lives where that of the first
// task does.
template <class Scalar>
void Walk<Scalar>::plan_backward(bool sum) {
  std::vector<std::vector<bool>> is_written;
  for (const Value& value : values_) is_written.emplace_back(value.tasks.size());
  const auto slot = [&](size_t value, size_t task) {
    const std::vector<size_t>& tasks = values_[value].tasks;
    return sum ? 0 : std::find(tasks.begin(), tasks.end(), task) - tasks.begin();
  };
  for (size_t task = 0; task < outputs_.size(); ++task)
    is_written[outputs_[task]][static_cast<size_t>(slot(outputs_[task], task))] = true;
  for (auto node = nodes_.rbegin(); node != nodes_.rend(); ++node) {
    if (values_[node->output].cotangents.empty()) continue;  // all below is frozen
    auto& all = sum ? node->of_sum : node->of_tasks;
    for (const size_t task : values_[node->output].tasks) {
      ops::Cotangents<Scalar> own;
      own.output = values_[node->output].cotangents[static_cast<size_t>(slot(node->output, task))];
      own.inputs.resize(node->inputs.size());
      own.accumulate.resize(node->inputs.size());
      for (size_t i = node->inputs.size(); i-- > 0;) {  // as backward() writes them
        const size_t input = node->inputs[i];
        if (!values_[input].wanted) continue;
        const auto place = static_cast<size_t>(slot(input, task));
        own.inputs[i] = values_[input].cotangents[place];
        own.accumulate[i] = is_written[input][place];
        is_written[input][place] = true;
      }
      for (const ptrdiff_t trained : node->trained)
        own.parameters.push_back(trained < 0 ? nullptr
                                             : gradients_[sum ? 0 : task].data() +
                                                   trained_[static_cast<size_t>(trained)].offset);
      all.push_back(std::move(own));
      if (sum) break;
    }
  }
}

template <class Scalar>
void Walk<Scalar>::forward(const at::Tensor& x, bool training) {
  batch_ = x.size(0);
  TORCH_CHECK_VALUE(batch_ >= 1 && batch_ <= capacity_, "walk: made for batches of 1 to ",
                    capacity_, ", got ", batch_);
  training_ = training;
  {
    const at::NoGradGuard no_grad;
    view(0).copy_(x);
  }
  at::parallel_for(0, std::ssize(nodes_), 1, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n)
      nodes_[static_cast<size_t>(n)].fused->prepare(/*backward_too=*/true);
  });
  for (Node& node : nodes_) node.fused->forward(batch_, training);
}

template <class Scalar>
at::Tensor Walk<Scalar>::view(size_t value) const {
  return ops::view(values_[value].map, batch_, values_[value].shape.length == 0);
}

template <class Scalar>
at::Tensor Walk<Scalar>::seed(size_t task) const {
  const Value& value = values_[outputs_[task]];
  const auto place = std::find(value.tasks.begin(), value.tasks.end(), task) - value.tasks.begin();
  return ops::view(value.cotangents[static_cast<size_t>(place)], batch_, value.shape.length == 0);
}

template <class Scalar>
at::Tensor Walk<Scalar>::input_cotangent() const {
  const Value& input = values_.front();
  TORCH_CHECK(!input.cotangents.empty(), "walk: was made without a cotangent of its input");
  return ops::view(input.cotangents.front(), batch_, input.shape.length == 0);
}

template <class Scalar>
void Walk<Scalar>::clear_gradients(size_t task, size_t begin, size_t end) {
  for (const Trained& parameter : trained_)
    if (parameter.node >= begin && parameter.node < end)
      std::fill_n(gradients_[task].begin() + parameter.offset, parameter.size, Scalar{0});
}

template <class Scalar>
void Walk<Scalar>::run_backward(Node& node, std::span<const ops::Cotangents<Scalar>> cotangents) {
  if (!cotangents.empty()) node.fused->backward(batch_, training_, cotangents, scratch_.data());
}

template <class Scalar>
void Walk<Scalar>::backward_tasks(size_t down_to) {
  for (size_t task = 0; task < outputs_.size(); ++task)
    clear_gradients(task, down_to, nodes_.size());
  for (size_t n = nodes_.size(); n-- > down_to;) run_backward(nodes_[n], nodes_[n].of_tasks);
  sum_below_ = 0;
}

// Whether a task's cotangent of a value has been filled by its seed or a node from `from` on.
template <class Scalar>
bool Walk<Scalar>::written(size_t value, size_t task, size_t from) const {
  if (outputs_[task] == value) return true;
  for (size_t n = from; n < nodes_.size(); ++n)
    if (contains(nodes_[n].inputs, value) && contains(values_[nodes_[n].output].tasks, task))
      return true;
  return false;
}

template <class Scalar>
void Walk<Scalar>::backward_sum(std::span<const float> weights, size_t from) {
  clear_gradients(0, 0, from);
  // Node n makes value n + 1.
  for (size_t v = 0; v <= from; ++v) {
    Value& value = values_[v];
    if (value.cotangents.empty()) continue;
    std::vector<std::pair<const Scalar*, Scalar>> terms;
    for (size_t i = 0; i < value.tasks.size(); ++i)
      if (written(v, value.tasks[i], from))
        terms.emplace_back(value.cotangents[i].data, static_cast<Scalar>(weights[value.tasks[i]]));
    if (terms.empty()) continue;
    Scalar* sum = value.cotangents.front().data;
    at::parallel_for(0, elements(value.cotangents.front(), batch_), 4096,
                     [&](int64_t begin, int64_t end) {
                       for (int64_t i = begin; i < end; ++i) {
                         Scalar total = 0;
                         for (const auto& [term, weight] : terms) total += weight * term[i];
                         sum[i] = total;
                       }
                     });
  }
  for (size_t n = from; n-- > 0;) run_backward(nodes_[n], nodes_[n].of_sum);
  sum_below_ = from;
}

template <class Scalar>
bool Walk<Scalar>::reaches(size_t task, size_t parameter) const {
  return contains(values_[nodes_[trained_[parameter].node].output].tasks, task);
}

template <class Scalar>
std::vector<double> Walk<Scalar>::gram(std::span<const size_t> parameters) const {
  const size_t tasks = outputs_.size();
  std::vector<double> parts(parameters.size() * tasks * tasks);
  at::parallel_for(0, std::ssize(parameters), 1, [&](int64_t begin, int64_t end) {
    for (auto i = static_cast<size_t>(begin); i < static_cast<size_t>(end); ++i) {
      const Trained& parameter = trained_[parameters[i]];
      for (size_t a = 0; a < tasks; ++a)
        for (size_t b = 0; b <= a; ++b)
          if (reaches(a, parameters[i]) && reaches(b, parameters[i]))
            parts[(i * tasks + a) * tasks + b] =
                ops::kernels<Scalar>().dot(gradients_[a].data() + parameter.offset,
                                           gradients_[b].data() + parameter.offset, parameter.size);
    }
  });
  std::vector<double> products(tasks * tasks);
  for (size_t i = 0; i < parameters.size(); ++i)
    for (size_t a = 0; a < tasks; ++a)
      for (size_t b = 0; b <= a; ++b) products[a * tasks + b] += parts[(i * tasks + a) * tasks + b];
  for (size_t a = 0; a < tasks; ++a)
    for (size_t b = 0; b < a; ++b) products[b * tasks + a] = products[a * tasks + b];
  return products;
}

template <class Scalar>
void Walk<Scalar>::gradient(size_t parameter, std::span<const float> weights,
                            const at::Tensor& to) {
  const Trained& trained = trained_[parameter];
  const Scalar* from = gradients_[0].data() + trained.offset;
  if (trained.node >= sum_below_) {
    Scalar* sum = summed_.data() + trained.offset;
    std::fill_n(sum, trained.size, Scalar{0});
    for (size_t task = 0; task < outputs_.size(); ++task) {
      if (!reaches(task, parameter)) continue;
      const Scalar* own = gradients_[task].data() + trained.offset;
      const auto weight = static_cast<Scalar>(weights[task]);
      for (int64_t i = 0; i < trained.size; ++i) sum[i] += weight * own[i];
    }
    from = sum;
  }
  nodes_[trained.node].fused->unpack(trained.index_in_node, from, to.mutable_data_ptr<Scalar>());
}

template class Walk<float>;
template class Walk<double>;

}  // namespace dt4ecg::nn
