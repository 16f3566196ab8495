#include "nn/walk.hpp"

#include <algorithm>

#include "ops/kernels.hpp"
#include "ops/parallel.hpp"
#include "ops/reference.hpp"

namespace dt4ecg::nn {

namespace {

bool contains(const std::vector<std::size_t>& indices, std::size_t index) {
  return std::find(indices.begin(), indices.end(), index) != indices.end();
}

}  // namespace

template <class Scalar>
Walk<Scalar>::Walk(const std::vector<BoundGraph>& chain, int64_t capacity,
                   const WalkOptions& options)
    : Layout<Scalar>(chain, capacity, Layout<Scalar>::Purpose::training) {
  find_outputs(options);
  find_routes(options.input_cotangent);
  plan_cotangents();
  plan_backward(/*sum=*/false);
  plan_backward(/*sum=*/true);
}

template <class Scalar>
bool Walk<Scalar>::current() const {
  auto address = addresses_.begin();
  for (std::size_t n = 0; n < nodes_.size(); ++n) {
    const auto& node = nodes_[n];
    for (std::size_t p = 0; p < node.parameters.size(); ++p) {
      if (node.parameters[p].requires_grad() != (visits_[n].trained[p] >= 0)) {
        return false;
      }
    }
    for (const auto* tensors : {&node.parameters, &node.buffers}) {
      for (const at::Tensor& tensor : *tensors) {
        if (tensor.const_data_ptr() != *address++) {
          return false;
        }
      }
    }
  }
  return true;
}

template <class Scalar>
void Walk<Scalar>::find_outputs(const WalkOptions& options) {
  exits_ = outputs_;
  exits_.push_back(features_);
  outputs_of_tasks_ = options.outputs_of_tasks;
  if (outputs_of_tasks_.empty()) {
    for (std::size_t output = 0; output < outputs_.size(); ++output) {
      outputs_of_tasks_.push_back({output});
    }
  }
}

// Finds the trained parameters, the tasks that depend on a value, and the cotangents that are
// needed.
template <class Scalar>
void Walk<Scalar>::find_routes(bool input_cotangent) {
  routes_.resize(values_.size());
  routes_.front().wanted = input_cotangent;
  for (std::size_t n = 0; n < nodes_.size(); ++n) {
    const auto& node = nodes_[n];
    Route& route = routes_[node.output];
    for (const std::size_t input : node.inputs) {
      route.wanted = route.wanted || routes_[input].wanted;
    }
    visits_.emplace_back();
    for (std::size_t p = 0; p < node.parameters.size(); ++p) {
      const bool trained = node.parameters[p].requires_grad();
      visits_.back().trained.push_back(trained ? std::ssize(trained_) : -1);
      if (!trained) {
        continue;
      }
      const int64_t offset = trained_.empty() ? 0 : trained_.back().offset + trained_.back().size;
      trained_.push_back({n, p, offset, node.parameters[p].numel()});
      route.wanted = true;
    }
    for (const auto* tensors : {&node.parameters, &node.buffers}) {
      for (const at::Tensor& tensor : *tensors) {
        addresses_.push_back(tensor.const_data_ptr());
      }
    }
  }
  for (std::size_t output = 0; output < exits_.size(); ++output) {
    routes_[exits_[output]].outputs.push_back(output);
  }
  for (auto node = nodes_.rbegin(); node != nodes_.rend(); ++node) {
    for (const std::size_t output : routes_[node->output].outputs) {
      for (const std::size_t input : node->inputs) {
        if (!contains(routes_[input].outputs, output)) {
          routes_[input].outputs.push_back(output);
        }
      }
    }
  }
  for (Route& route : routes_) {
    for (std::size_t task = 0; task < tasks(); ++task) {
      const auto& of_task = outputs_of_tasks_[task];
      if (std::any_of(of_task.begin(), of_task.end(),
                      [&](std::size_t output) { return contains(route.outputs, output); })) {
        route.tasks.push_back(task);
      }
    }
  }
}

// Allocates the cotangents. Where an operator can work in place, the cotangent of its input reuses
// the memory of the cotangent of its output. An output keeps memory of its own, because its
// cotangent is written before the backward pass.
template <class Scalar>
void Walk<Scalar>::plan_cotangents() {
  const auto allocate = [&](std::size_t value) {
    for (std::size_t i = 0; i < routes_[value].tasks.size(); ++i) {
      routes_[value].cotangents.push_back(Layout<Scalar>::allocate(
          values_[value].map.length, values_[value].map.channels, /*halo=*/0));
    }
  };
  for (const auto& outputs : outputs_of_tasks_) {
    for (const std::size_t output : outputs) {
      if (routes_[exits_[output]].cotangents.empty()) {
        allocate(exits_[output]);
      }
    }
  }
  for (auto node = nodes_.rbegin(); node != nodes_.rend(); ++node) {
    for (std::size_t i = 0; i < node->inputs.size(); ++i) {
      const std::size_t input = node->inputs[i];
      Route& route = routes_[input];
      if (!route.wanted || !route.cotangents.empty()) {
        continue;
      }
      if (node->fused->hands_over(i) && values_[input].shape == values_[node->output].shape &&
          route.tasks == routes_[node->output].tasks) {
        route.cotangents = routes_[node->output].cotangents;
      } else {
        allocate(input);
      }
    }
  }
  const int64_t size = trained_.empty() ? 0 : trained_.back().offset + trained_.back().size;
  gradients_.assign(tasks(), ops::Buffer<Scalar>(static_cast<std::size_t>(size)));
  summed_.resize(static_cast<std::size_t>(size));
  int64_t most = 0;
  for (const auto& node : nodes_) {
    most = std::max(most, node.fused->scratch_size());
  }
  scratch_.resize(static_cast<std::size_t>(most) * tasks());
}

// Decides which node writes a cotangent first and which nodes add to it. The cotangent of the sum
// uses the memory of the first task's.
template <class Scalar>
void Walk<Scalar>::plan_backward(bool sum) {
  std::vector<std::vector<bool>> is_written;
  for (const Route& route : routes_) {
    is_written.emplace_back(route.tasks.size());
  }
  const auto slot = [&](std::size_t value, std::size_t task) -> std::size_t {
    const std::vector<std::size_t>& of_value = routes_[value].tasks;
    const auto place = std::find(of_value.begin(), of_value.end(), task) - of_value.begin();
    return sum ? 0 : static_cast<std::size_t>(place);
  };
  for (std::size_t task = 0; task < tasks(); ++task) {
    for (const std::size_t output : outputs_of_tasks_[task]) {
      is_written[exits_[output]][slot(exits_[output], task)] = true;
    }
  }
  for (std::size_t n = nodes_.size(); n-- > 0;) {
    const auto& node = nodes_[n];
    if (routes_[node.output].cotangents.empty() || !routes_[node.output].wanted) {
      continue;
    }
    for (const std::size_t task : routes_[node.output].tasks) {
      ops::Cotangents<Scalar> own;
      own.output = routes_[node.output].cotangents[slot(node.output, task)];
      own.inputs.resize(node.inputs.size());
      own.accumulate.resize(node.inputs.size());
      for (std::size_t i = node.inputs.size(); i-- > 0;) {  // as backward() writes them
        const std::size_t input = node.inputs[i];
        if (!routes_[input].wanted) {
          continue;
        }
        own.inputs[i] = routes_[input].cotangents[slot(input, task)];
        own.accumulate[i] = is_written[input][slot(input, task)];
        is_written[input][slot(input, task)] = true;
      }
      for (const ptrdiff_t trained : visits_[n].trained) {
        own.parameters.push_back(trained < 0
                                     ? nullptr
                                     : gradients_[sum ? 0 : task].data() +
                                           trained_[static_cast<std::size_t>(trained)].offset);
      }
      (sum ? visits_[n].of_sum : visits_[n].of_tasks).push_back(std::move(own));
      if (sum) {
        break;
      }
    }
  }
}

template <class Scalar>
void Walk<Scalar>::forward(const at::Tensor& x, bool training) {
  this->take(x);
  training_ = training;
  ops::parallel_for(std::ssize(nodes_), 1, [&](int64_t begin, int64_t end) {
    for (int64_t n = begin; n < end; ++n) {
      nodes_[static_cast<std::size_t>(n)].fused->prepare(/*backward_too=*/true);
    }
  });
  for (const auto& node : nodes_) {
    node.fused->forward(batch_, training);
  }
}

template <class Scalar>
at::Tensor Walk<Scalar>::output_cotangent(std::size_t task, std::size_t output) const {
  const std::size_t value = exits_[output];
  const Route& route = routes_[value];
  const auto place = std::find(route.tasks.begin(), route.tasks.end(), task) - route.tasks.begin();
  TORCH_CHECK(place < std::ssize(route.cotangents), "walk: task ", task,
              " was planned without a cotangent of output ", output);
  return ops::view(route.cotangents[static_cast<std::size_t>(place)], batch_,
                   values_[value].shape.length == 0);
}

template <class Scalar>
at::Tensor Walk<Scalar>::input_cotangent() const {
  TORCH_CHECK(!routes_.front().cotangents.empty(), "walk: was made without its input's cotangent");
  return ops::view(routes_.front().cotangents.front(), batch_, values_.front().shape.length == 0);
}

template <class Scalar>
void Walk<Scalar>::clear_gradients(std::size_t task, std::size_t begin, std::size_t end) {
  for (const Trained& parameter : trained_) {
    if (parameter.node >= begin && parameter.node < end) {
      std::fill_n(gradients_[task].begin() + parameter.offset, parameter.size, Scalar{0});
    }
  }
}

template <class Scalar>
void Walk<Scalar>::run_backward(std::size_t node,
                                std::span<const ops::Cotangents<Scalar>> cotangents) {
  if (!cotangents.empty()) {
    nodes_[node].fused->backward(batch_, training_, cotangents, scratch_.data());
  }
}

template <class Scalar>
void Walk<Scalar>::backward_tasks(std::size_t cut) {
  for (std::size_t task = 0; task < tasks(); ++task) {
    clear_gradients(task, cut, nodes_.size());
  }
  for (std::size_t n = nodes_.size(); n-- > cut;) {
    run_backward(n, visits_[n].of_tasks);
  }
  cut_ = 0;
}

// Whether the caller or a node from the cut on has written a task's cotangent of a value.
template <class Scalar>
bool Walk<Scalar>::written(std::size_t value, std::size_t task, std::size_t cut) const {
  for (const std::size_t output : outputs_of_tasks_[task]) {
    if (exits_[output] == value) {
      return true;
    }
  }
  for (std::size_t n = cut; n < nodes_.size(); ++n) {
    if (contains(nodes_[n].inputs, value) && contains(tasks_of(n), task)) {
      return true;
    }
  }
  return false;
}

template <class Scalar>
void Walk<Scalar>::backward_sum(std::span<const float> weights, std::size_t cut) {
  clear_gradients(0, 0, cut);
  // Node n makes value n + 1.
  for (std::size_t v = 0; v <= cut; ++v) {
    const Route& value = routes_[v];
    if (value.cotangents.empty()) {
      continue;
    }
    std::vector<std::pair<const Scalar*, Scalar>> terms;
    for (std::size_t i = 0; i < value.tasks.size(); ++i) {
      if (written(v, value.tasks[i], cut)) {
        terms.emplace_back(value.cotangents[i].data, static_cast<Scalar>(weights[value.tasks[i]]));
      }
    }
    if (terms.empty()) {
      continue;
    }
    Scalar* sum = value.cotangents.front().data;
    ops::parallel_for(batch_ * value.cotangents.front().size(), 4096,
                      [&](int64_t begin, int64_t end) {
                        for (int64_t i = begin; i < end; ++i) {
                          Scalar total = 0;
                          for (const auto& [term, weight] : terms) {
                            total += weight * term[i];
                          }
                          sum[i] = total;
                        }
                      });
  }
  for (std::size_t n = cut; n-- > 0;) {
    run_backward(n, visits_[n].of_sum);
  }
  cut_ = cut;
}

template <class Scalar>
bool Walk<Scalar>::reaches(std::size_t task, std::size_t parameter) const {
  return contains(tasks_of(trained_[parameter].node), task);
}

template <class Scalar>
bool Walk<Scalar>::output_reaches(std::size_t output, std::size_t parameter) const {
  return contains(routes_[trained_[parameter].node + 1].outputs, output);
}

template <class Scalar>
std::vector<double> Walk<Scalar>::gram(std::span<const std::size_t> parameters) const {
  const std::size_t count = tasks();
  std::vector<double> parts(parameters.size() * count * count);
  ops::parallel_for(std::ssize(parameters), 1, [&](int64_t begin, int64_t end) {
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
      const Trained& parameter = trained_[parameters[i]];
      for (std::size_t a = 0; a < count; ++a) {
        for (std::size_t b = 0; b <= a; ++b) {
          if (reaches(a, parameters[i]) && reaches(b, parameters[i])) {
            parts[(i * count + a) * count + b] =
                ops::kernels<Scalar>().dot(gradients_[a].data() + parameter.offset,
                                           gradients_[b].data() + parameter.offset, parameter.size);
          }
        }
      }
    }
  });
  std::vector<double> products(count * count);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    for (std::size_t a = 0; a < count; ++a) {
      for (std::size_t b = 0; b <= a; ++b) {
        products[a * count + b] += parts[(i * count + a) * count + b];
      }
    }
  }
  for (std::size_t a = 0; a < count; ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      products[b * count + a] = products[a * count + b];
    }
  }
  return products;
}

template <class Scalar>
void Walk<Scalar>::gradient(std::size_t parameter, std::span<const float> weights,
                            const at::Tensor& to) {
  const Trained& trained = trained_[parameter];
  const Scalar* from = gradients_[0].data() + trained.offset;
  if (trained.node >= cut_) {
    Scalar* sum = summed_.data() + trained.offset;
    std::fill_n(sum, trained.size, Scalar{0});
    for (std::size_t task = 0; task < tasks(); ++task) {
      if (!reaches(task, parameter)) {
        continue;
      }
      const Scalar* own = gradients_[task].data() + trained.offset;
      const auto weight = static_cast<Scalar>(weights[task]);
      for (int64_t i = 0; i < trained.size; ++i) {
        sum[i] += weight * own[i];
      }
    }
    from = sum;
  }
  nodes_[trained.node].fused->unpack(trained.index_in_node, from, to.mutable_data_ptr<Scalar>());
}

template class Walk<float>;
template class Walk<double>;

}  // namespace dt4ecg::nn
