#include "nn/walk.hpp"

#include <ATen/Parallel.h>

#include <algorithm>

#include "ops/kernels.hpp"
#include "ops/reference.hpp"

namespace dt4ecg::nn {

namespace {

bool contains(const std::vector<size_t>& tasks, size_t task) {
  return std::find(tasks.begin(), tasks.end(), task) != tasks.end();
}

}  // namespace

template <class Scalar>
Walk<Scalar>::Walk(const std::vector<BoundGraph>& chain, int64_t capacity, bool input_cotangent)
    : Layout<Scalar>(chain, capacity, Layout<Scalar>::Purpose::training) {
  find_routes(input_cotangent);
  plan_cotangents();
  plan_backward(/*sum=*/false);
  plan_backward(/*sum=*/true);
}

template <class Scalar>
bool Walk<Scalar>::current() const {
  auto address = addresses_.begin();
  for (size_t n = 0; n < nodes_.size(); ++n) {
    const auto& node = nodes_[n];
    for (size_t p = 0; p < node.parameters.size(); ++p)
      if (node.parameters[p].requires_grad() != (visits_[n].trained[p] >= 0)) return false;
    for (const auto* tensors : {&node.parameters, &node.buffers})
      for (const at::Tensor& tensor : *tensors)
        if (tensor.const_data_ptr() != *address++) return false;
  }
  return true;
}

// Which parameters are trained, which tasks a value reaches, and whose cotangents are of use.
template <class Scalar>
void Walk<Scalar>::find_routes(bool input_cotangent) {
  routes_.resize(values_.size());
  routes_.front().wanted = input_cotangent;
  for (size_t n = 0; n < nodes_.size(); ++n) {
    const auto& node = nodes_[n];
    Route& route = routes_[node.output];
    for (const size_t input : node.inputs) route.wanted = route.wanted || routes_[input].wanted;
    visits_.emplace_back();
    for (size_t p = 0; p < node.parameters.size(); ++p) {
      const bool trained = node.parameters[p].requires_grad();
      visits_.back().trained.push_back(trained ? std::ssize(trained_) : -1);
      if (!trained) continue;
      const int64_t offset = trained_.empty() ? 0 : trained_.back().offset + trained_.back().size;
      trained_.push_back({n, p, offset, node.parameters[p].numel()});
      route.wanted = true;
    }
    for (const auto* tensors : {&node.parameters, &node.buffers})
      for (const at::Tensor& tensor : *tensors) addresses_.push_back(tensor.const_data_ptr());
  }
  for (size_t task = 0; task < outputs_.size(); ++task)
    routes_[outputs_[task]].tasks.push_back(task);
  for (auto node = nodes_.rbegin(); node != nodes_.rend(); ++node)
    for (const size_t task : routes_[node->output].tasks)
      for (const size_t input : node->inputs)
        if (!contains(routes_[input].tasks, task)) routes_[input].tasks.push_back(task);
  for (Route& route : routes_) std::sort(route.tasks.begin(), route.tasks.end());
}

// Memory for the way back. A cotangent lives in the memory of the one that it is handed over from.
template <class Scalar>
void Walk<Scalar>::plan_cotangents() {
  const auto allocate = [&](size_t value) {
    for (size_t i = 0; i < routes_[value].tasks.size(); ++i)
      routes_[value].cotangents.push_back(Layout<Scalar>::allocate(
          values_[value].map.length, values_[value].map.channels, /*halo=*/0));
  };
  for (const size_t output : outputs_)
    if (routes_[output].cotangents.empty()) allocate(output);
  for (auto node = nodes_.rbegin(); node != nodes_.rend(); ++node)
    for (size_t i = 0; i < node->inputs.size(); ++i) {
      const size_t input = node->inputs[i];
      Route& route = routes_[input];
      if (!route.wanted || !route.cotangents.empty()) continue;
      if (node->fused->hands_over(i) && values_[input].shape == values_[node->output].shape &&
          route.tasks == routes_[node->output].tasks)
        route.cotangents = routes_[node->output].cotangents;
      else
        allocate(input);
    }
  const int64_t size = trained_.empty() ? 0 : trained_.back().offset + trained_.back().size;
  gradients_.assign(outputs_.size(), ops::Buffer<Scalar>(static_cast<size_t>(size)));
  summed_.resize(static_cast<size_t>(size));
  int64_t most = 0;
  for (const auto& node : nodes_) most = std::max(most, node.fused->scratch_size());
  scratch_.resize(static_cast<size_t>(most) * outputs_.size());
}

// Who writes a cotangent first and who adds to it. The one of the sum lives where that of the first
// task does.
template <class Scalar>
void Walk<Scalar>::plan_backward(bool sum) {
  std::vector<std::vector<bool>> is_written;
  for (const Route& route : routes_) is_written.emplace_back(route.tasks.size());
  const auto slot = [&](size_t value, size_t task) -> size_t {
    const std::vector<size_t>& tasks = routes_[value].tasks;
    return sum ? 0
               : static_cast<size_t>(std::find(tasks.begin(), tasks.end(), task) - tasks.begin());
  };
  for (size_t task = 0; task < outputs_.size(); ++task)
    is_written[outputs_[task]][slot(outputs_[task], task)] = true;
  for (size_t n = nodes_.size(); n-- > 0;) {
    const auto& node = nodes_[n];
    if (routes_[node.output].cotangents.empty()) continue;  // all below is frozen
    for (const size_t task : routes_[node.output].tasks) {
      ops::Cotangents<Scalar> own;
      own.output = routes_[node.output].cotangents[slot(node.output, task)];
      own.inputs.resize(node.inputs.size());
      own.accumulate.resize(node.inputs.size());
      for (size_t i = node.inputs.size(); i-- > 0;) {  // as backward() writes them
        const size_t input = node.inputs[i];
        if (!routes_[input].wanted) continue;
        own.inputs[i] = routes_[input].cotangents[slot(input, task)];
        own.accumulate[i] = is_written[input][slot(input, task)];
        is_written[input][slot(input, task)] = true;
      }
      for (const ptrdiff_t trained : visits_[n].trained)
        own.parameters.push_back(trained < 0 ? nullptr
                                             : gradients_[sum ? 0 : task].data() +
                                                   trained_[static_cast<size_t>(trained)].offset);
      (sum ? visits_[n].of_sum : visits_[n].of_tasks).push_back(std::move(own));
      if (sum) break;
    }
  }
}

template <class Scalar>
void Walk<Scalar>::forward(const at::Tensor& x, bool training) {
  this->take(x);
  training_ = training;
  at::parallel_for(0, std::ssize(nodes_), 1, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n)
      nodes_[static_cast<size_t>(n)].fused->prepare(/*backward_too=*/true);
  });
  for (const auto& node : nodes_) node.fused->forward(batch_, training);
}

template <class Scalar>
at::Tensor Walk<Scalar>::seed(size_t task) const {
  const Route& route = routes_[outputs_[task]];
  const auto place = std::find(route.tasks.begin(), route.tasks.end(), task) - route.tasks.begin();
  return ops::view(route.cotangents[static_cast<size_t>(place)], batch_,
                   values_[outputs_[task]].shape.length == 0);
}

template <class Scalar>
at::Tensor Walk<Scalar>::input_cotangent() const {
  TORCH_CHECK(!routes_.front().cotangents.empty(), "walk: was made without its input's cotangent");
  return ops::view(routes_.front().cotangents.front(), batch_, values_.front().shape.length == 0);
}

template <class Scalar>
void Walk<Scalar>::clear_gradients(size_t task, size_t begin, size_t end) {
  for (const Trained& parameter : trained_)
    if (parameter.node >= begin && parameter.node < end)
      std::fill_n(gradients_[task].begin() + parameter.offset, parameter.size, Scalar{0});
}

template <class Scalar>
void Walk<Scalar>::run_backward(size_t node, std::span<const ops::Cotangents<Scalar>> cotangents) {
  if (!cotangents.empty())
    nodes_[node].fused->backward(batch_, training_, cotangents, scratch_.data());
}

template <class Scalar>
void Walk<Scalar>::backward_tasks(size_t down_to) {
  for (size_t task = 0; task < outputs_.size(); ++task)
    clear_gradients(task, down_to, nodes_.size());
  for (size_t n = nodes_.size(); n-- > down_to;) run_backward(n, visits_[n].of_tasks);
  sum_below_ = 0;
}

// Whether a task's cotangent of a value has been filled by its seed or a node from `from` on.
template <class Scalar>
bool Walk<Scalar>::written(size_t value, size_t task, size_t from) const {
  if (outputs_[task] == value) return true;
  for (size_t n = from; n < nodes_.size(); ++n)
    if (contains(nodes_[n].inputs, value) && contains(tasks_of(n), task)) return true;
  return false;
}

template <class Scalar>
void Walk<Scalar>::backward_sum(std::span<const float> weights, size_t from) {
  clear_gradients(0, 0, from);
  // Node n makes value n + 1.
  for (size_t v = 0; v <= from; ++v) {
    const Route& value = routes_[v];
    if (value.cotangents.empty()) continue;
    std::vector<std::pair<const Scalar*, Scalar>> terms;
    for (size_t i = 0; i < value.tasks.size(); ++i)
      if (written(v, value.tasks[i], from))
        terms.emplace_back(value.cotangents[i].data, static_cast<Scalar>(weights[value.tasks[i]]));
    if (terms.empty()) continue;
    Scalar* sum = value.cotangents.front().data;
    at::parallel_for(0, batch_ * value.cotangents.front().size(), 4096,
                     [&](int64_t begin, int64_t end) {
                       for (int64_t i = begin; i < end; ++i) {
                         Scalar total = 0;
                         for (const auto& [term, weight] : terms) total += weight * term[i];
                         sum[i] = total;
                       }
                     });
  }
  for (size_t n = from; n-- > 0;) run_backward(n, visits_[n].of_sum);
  sum_below_ = from;
}

template <class Scalar>
bool Walk<Scalar>::reaches(size_t task, size_t parameter) const {
  return contains(tasks_of(trained_[parameter].node), task);
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
