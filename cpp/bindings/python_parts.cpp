#include "python_parts.hpp"

#include <ATen/CPUGeneratorImpl.h>
#include <pybind11/numpy.h>

#include <cmath>

namespace py = pybind11;

namespace dt4ecg::bindings {

PythonModel::PythonModel(py::object forward,
                         const std::vector<std::pair<std::string, at::Tensor>>& named_parameters,
                         std::vector<at::Tensor> all_buffers)
    : forward_(std::move(forward)) {
  for (const auto& [name, parameter] : named_parameters) {
    if (!parameter.requires_grad()) continue;
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

std::vector<at::Tensor> PythonModel::forward(const at::Tensor& x, bool training) {
  const py::gil_scoped_acquire gil;
  return py::cast<std::vector<at::Tensor>>(forward_(x, training));
}

PythonWeighting::PythonWeighting(py::object weighting)
    : weighting_(std::move(weighting)),
      needs_gram_(py::cast<bool>(py::getattr(weighting_, "needs_gram", py::bool_(true)))),
      weighs_own_parameters_(
          py::cast<bool>(py::getattr(weighting_, "weighs_own_parameters", py::bool_(true)))) {
  // One backward for all tasks has their weights in it already.
  if (!needs_gram_ && !weighs_own_parameters_)
    throw py::value_error(
        "weighting: weighs_own_parameters = False needs the tasks' gradients; leave needs_gram "
        "True, or weigh every parameter");
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
  if (!gram.empty()) matrix = py::array_t<double>({tasks, tasks}, gram.data());
  // A copy that Python owns: the object may keep it longer than the training lives.
  const py::object given = py::cast(train::WeightingState(state));
  const py::object answer = weighting_(py::array_t<double>(tasks, losses.data()), matrix, given);
  const auto weights =
      py::array_t<float, py::array::c_style | py::array::forcecast>::ensure(answer);
  const std::string name =
      py::cast<std::string>(py::str(py::type::of(weighting_).attr("__name__")));
  if (!weights || weights.size() != tasks) {
    PyErr_Clear();
    throw py::value_error("weighting " + name + ": must return " + std::to_string(tasks) +
                          " weights, one per task, got " + py::cast<std::string>(py::repr(answer)));
  }
  std::vector<float> found(weights.data(), weights.data() + tasks);
  for (const float weight : found)
    if (!std::isfinite(weight))
      throw py::value_error("weighting " + name + ": weights must be finite, got " +
                            py::cast<std::string>(py::repr(answer)));
  const auto& after = given.cast<const train::WeightingState&>();
  if (after.labelled != state.labelled ||
      (after.weights != state.weights && after.weights != found))
    throw py::value_error("weighting " + name +
                          ": changed state.weights or state.labelled, which are the trainer's; "
                          "return the weights, keep your own numbers as state['name'] = array, and "
                          "call another weighting with a State of its own");
  state.memory = after.memory;
  // A task without labels keeps its weight.
  for (size_t i = 0; i < found.size(); ++i)
    if (!state.labelled[i]) found[i] = state.weights[i];
  state.weights = found;
  ++state.step;
  return found;
}

}  // namespace dt4ecg::bindings
