#include "python_parts.hpp"

#include <ATen/CPUGeneratorImpl.h>
#include <pybind11/numpy.h>

#include <algorithm>
#include <cmath>

#include "base/error.hpp"

namespace py = pybind11;

namespace dt4ecg::bindings {

PythonModel::PythonModel(py::object forward,
                         const std::vector<std::pair<std::string, at::Tensor>>& named_parameters,
                         std::vector<at::Tensor> all_buffers)
    : forward_(std::move(forward)) {
  for (const auto& [name, parameter] : named_parameters) {
    if (!parameter.requires_grad()) {
      continue;
    }
    parameter_names.push_back(name);
    parameters.push_back(parameter);
  }
  buffers = std::move(all_buffers);
  generator = at::detail::getDefaultCPUGenerator();
}

PythonModel::~PythonModel() {
  const py::gil_scoped_acquire gil;
  forward_ = py::object();
}

train::Outputs PythonModel::forward(const at::Tensor& x, bool training) {
  const py::gil_scoped_acquire gil;
  const auto [logits, features] =
      py::cast<std::pair<std::vector<at::Tensor>, std::optional<at::Tensor>>>(
          forward_(x, training));
  return {logits, features.value_or(at::Tensor())};
}

PythonObjective::PythonObjective(py::object objective, std::vector<std::string> tasks,
                                 std::vector<std::string> network_tasks,
                                 std::optional<std::vector<std::string>> target_names)
    // Zero classes: the loss is not known to be a cross-entropy.
    : Objective(std::vector<int64_t>(tasks.size(), 0)),
      objective_(std::move(objective)),
      tasks_(std::move(tasks)),
      network_tasks_(std::move(network_tasks)),
      target_names_(std::move(target_names)) {}

PythonObjective::~PythonObjective() {
  const py::gil_scoped_acquire gil;
  objective_ = py::object();
}

void PythonObjective::check(const train::Targets& targets, int64_t) const {
  if (targets.sample_weight.defined()) {
    throw InvalidArgument(
        "fit", "sample_weight",
        "sample_weight belongs to objective='cross_entropy'; another objective takes weights "
        "as a part of y, such as y={'labels': labels, 'weight': weight}");
  }
}

std::vector<train::TaskLoss> PythonObjective::losses(const train::Outputs& outputs,
                                                     const train::Targets& targets) const {
  const py::gil_scoped_acquire gil;
  const py::object answer = called_with(outputs, targets);
  if (!py::hasattr(answer, "keys") || !py::hasattr(answer, "__getitem__")) {
    throw py::type_error("objective " + name() + ": must return a dictionary {task: loss}, got " +
                         py::cast<std::string>(py::repr(answer)));
  }
  std::vector<train::TaskLoss> found(tasks_.size());
  for (const auto& [key, loss] : py::dict(answer)) {
    const auto place = std::find_if(tasks_.begin(), tasks_.end(), [&](const std::string& task) {
      return key.equal(py::str(task));
    });
    if (place == tasks_.end()) {
      std::string legal;
      for (const std::string& task : tasks_) {
        legal += (legal.empty() ? "" : ", ") + task;
      }
      throw_invalid("objective " + name(), "objective", "returned a loss for the task ",
                    py::cast<std::string>(py::repr(key)), ", legal are ", legal,
                    "; name other losses in its attribute tasks");
    }
    if (!loss.is_none()) {
      found[static_cast<std::size_t>(place - tasks_.begin())] =
          task_loss(loss, *place, outputs.all().front().size(0));
    }
  }
  return found;
}

py::object PythonObjective::called_with(const train::Outputs& outputs,
                                        const train::Targets& targets) const {
  py::dict named;  // in float32, also where the network runs in bfloat16
  for (std::size_t i = 0; i < network_tasks_.size(); ++i) {
    named[py::str(network_tasks_[i])] = outputs.logits.at(i).to(at::kFloat);
  }
  if (outputs.features.defined()) {
    named["features"] = outputs.features.to(at::kFloat);
  }
  if (!target_names_) {
    return objective_(
        named, targets.arrays.empty() ? py::object(py::none()) : py::cast(targets.arrays.front()));
  }
  py::dict arrays;
  for (std::size_t i = 0; i < target_names_->size(); ++i) {
    arrays[py::str((*target_names_)[i])] = targets.arrays.at(i);
  }
  return objective_(named, arrays);
}

train::TaskLoss PythonObjective::task_loss(py::handle loss, const std::string& task,
                                           int64_t segments) const {
  const auto explanation = [&](const std::string& rule) {
    return "the loss of " + task + " must be " + rule + ", got " +
           py::cast<std::string>(py::repr(loss));
  };
  const std::string operation = "objective " + name();
  if (!THPVariable_Check(loss.ptr())) {
    throw py::type_error(operation + ": " + explanation("a scalar torch.Tensor"));
  }
  train::TaskLoss found;
  found.value = py::cast<at::Tensor>(loss);
  if (found.value.dim() != 0 || !found.value.is_floating_point()) {
    throw_invalid(operation, "objective",
                  explanation("a floating-point scalar; call mean() on losses per segment"));
  }
  if (at::GradMode::is_enabled() && !found.value.requires_grad()) {
    throw_invalid(operation, "objective",
                  explanation("differentiable with respect to the outputs; leave the task out of "
                              "the dictionary if this batch has no target for it"));
  }
  found.loss = found.value.item<double>();
  found.labelled = static_cast<double>(segments);
  return found;
}

std::string PythonObjective::name() const {
  const py::object named =
      py::hasattr(objective_, "__name__") ? objective_ : py::object(py::type::of(objective_));
  return py::cast<std::string>(py::str(named.attr("__name__")));
}

PythonWeighting::PythonWeighting(py::object weighting)
    : weighting_(std::move(weighting)),
      needs_gram_(py::cast<bool>(py::getattr(weighting_, "needs_gram", py::bool_(true)))),
      weighs_own_parameters_(
          py::cast<bool>(py::getattr(weighting_, "weighs_own_parameters", py::bool_(true)))) {
  // Without the gram matrix one backward pass computes the weighted sum for all parameters.
  if (!needs_gram_ && !weighs_own_parameters_) {
    throw_invalid(
        "weighting", "weighs_own_parameters",
        "weighs_own_parameters = False needs the tasks' gradients; leave needs_gram True, "
        "or weigh every parameter");
  }
}

PythonWeighting::~PythonWeighting() {
  const py::gil_scoped_acquire gil;
  weighting_ = py::object();
}

std::vector<float> PythonWeighting::operator()(std::span<const double> losses, train::Gram gram,
                                               train::WeightingState& state) const {
  const py::gil_scoped_acquire gil;
  const auto tasks = static_cast<py::ssize_t>(losses.size());
  py::object matrix = py::none();
  if (!gram.empty()) {
    matrix = py::array_t<double>({tasks, tasks}, gram.data());
  }
  // Python owns this copy, because the object may keep it after the training has ended.
  const py::object given = py::cast(train::WeightingState(state));
  const py::object answer = weighting_(py::array_t<double>(tasks, losses.data()), matrix, given);
  const auto weights =
      py::array_t<float, py::array::c_style | py::array::forcecast>::ensure(answer);
  const std::string name =
      py::cast<std::string>(py::str(py::type::of(weighting_).attr("__name__")));
  if (!weights || weights.size() != tasks) {
    PyErr_Clear();
    throw_invalid("weighting " + name, "weighting", "must return ", tasks,
                  " weights, one per task, got ", py::cast<std::string>(py::repr(answer)));
  }
  std::vector<float> found(weights.data(), weights.data() + tasks);
  for (const float weight : found) {
    if (!std::isfinite(weight)) {
      throw_invalid("weighting " + name, "weighting", "weights must be finite, got ",
                    py::cast<std::string>(py::repr(answer)));
    }
  }
  const auto& after = given.cast<const train::WeightingState&>();
  if (after.labelled != state.labelled ||
      (after.weights != state.weights && after.weights != found)) {
    throw_invalid("weighting " + name, "weighting",
                  "changed state.weights or state.labelled, which are the trainer's; return the "
                  "weights, keep your own numbers as state['name'] = array, and call another "
                  "weighting with a State of its own");
  }
  state.memory = after.memory;
  // A task without labels keeps its weight.
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!state.labelled[i]) {
      found[i] = state.weights[i];
    }
  }
  state.weights = found;
  ++state.step;
  return found;
}

}  // namespace dt4ecg::bindings
