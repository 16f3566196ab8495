#include "train/parameter_scope.hpp"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty_like.h>

#include <algorithm>
#include <numeric>
#include <string>

#include "train/task_gradients.hpp"

namespace dt4ecg::train {

namespace {

using Indices = std::vector<std::size_t>;

Indices range(std::size_t count) {
  Indices found(count);
  std::iota(found.begin(), found.end(), 0);
  return found;
}

std::string layer_of(const std::string& parameter) {
  return parameter.substr(0, parameter.find_last_of('.'));
}

}  // namespace

std::vector<Indices> outputs_of_tasks(Model& model, const Objective& objective, const at::Tensor& x,
                                      const Targets& targets, int64_t batch_size) {
  std::vector<Indices> found(objective.tasks());
  std::vector<bool> known(objective.tasks());
  for (std::size_t task = 0; task < objective.tasks(); ++task) {
    if (const auto outputs = objective.outputs_of(task)) {
      found[task] = *outputs;
      known[task] = true;
    }
  }
  std::size_t count = 0;
  const auto all_known = [&] {
    return std::find(known.begin(), known.end(), false) == known.end();
  };
  for (int64_t begin = 0; begin < x.size(0) && !all_known(); begin += batch_size) {
    const int64_t size = std::min(batch_size, x.size(0) - begin);
    Outputs outputs;
    {
      const at::NoGradGuard no_grad;
      outputs = model.forward(x.narrow(0, begin, size), /*training=*/false);
    }
    const std::vector<at::Tensor> every = outputs.all();
    count = every.size();
    std::vector<Indices> seen(objective.tasks());
    const auto losses = objective.cotangents(outputs, targets.rows(begin, size),
                                             [&](std::size_t task, std::size_t output) {
                                               seen[task].push_back(output);
                                               return at::empty_like(every[output]);
                                             });
    for (std::size_t task = 0; task < losses.size(); ++task) {
      if (!known[task] && losses[task].labelled > 0) {
        found[task] = seen[task];
        known[task] = true;
      }
    }
  }
  for (std::size_t task = 0; task < objective.tasks(); ++task) {
    if (!known[task]) {
      found[task] = range(count);
    }
  }
  return found;
}

Indices parameters_in_scope(Model& model, const at::Tensor& x,
                            const std::vector<Indices>& outputs_of_tasks, NormScope scope) {
  const Indices every = range(model.parameters.size());
  if (scope == NormScope::all) {
    return every;
  }
  const std::vector<at::Tensor> outputs = model.forward(x, /*training=*/false).all();
  std::vector<at::Tensor> totals;
  for (const Indices& of_task : outputs_of_tasks) {
    at::Tensor& total = totals.emplace_back();
    for (const std::size_t output : of_task) {
      total = total.defined() ? total + outputs[output].sum() : outputs[output].sum();
    }
  }
  const TaskGradients reached = task_gradients(totals, model.parameters);
  Indices shared;
  for (const std::size_t p : every) {
    if (std::count_if(reached.begin(), reached.end(),
                      [p](const auto& task) { return task[p].defined(); }) >= 2) {
      shared.push_back(p);
    }
  }
  if (shared.empty()) {
    return every;
  }
  if (scope == NormScope::last) {
    const std::string layer = layer_of(model.parameter_names[shared.back()]);
    std::erase_if(shared,
                  [&](std::size_t p) { return layer_of(model.parameter_names[p]) != layer; });
  }
  return shared;
}

Indices parameters_of_one_task(Model& model, const at::Tensor& x,
                               const std::vector<Indices>& outputs_of_tasks) {
  const Indices shared = parameters_in_scope(model, x, outputs_of_tasks, NormScope::shared);
  Indices others;
  for (const std::size_t p : range(model.parameters.size())) {
    if (!std::binary_search(shared.begin(), shared.end(), p)) {
      others.push_back(p);
    }
  }
  return others;
}

}  // namespace dt4ecg::train
