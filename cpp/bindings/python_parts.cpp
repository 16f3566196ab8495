#include "python_parts.hpp"

#include <ATen/CPUGeneratorImpl.h>
#include <pybind11/numpy.h>

#include <cmath>

namespace py = pybind11;

namespace dt4ecg::bindings {

PythonModel::PythonModel(py::object module, std::vector<std::string> tasks)
    : module_(std::move(module)), tasks_(std::move(tasks)) {
  for (const auto& [name, parameter] : py::cast<std::vector<std::pair<std::string, at::Tensor>>>(
           py::list(module_.attr("named_parameters")()))) {
    if (!parameter.requires_grad()) continue;
    parameter_names.push_back(name);
    parameters.push_back(parameter);
  }
  buffers = py::cast<std::vector<at::Tensor>>(py::list(module_.attr("buffers")()));
  generator = at::detail::getDefaultCPUGenerator();
}

PythonModel::~PythonModel() {
  const py::gil_scoped_acquire gil;
  module_ = py::object();
}

std::vector<at::Tensor> PythonModel::forward(const at::Tensor& x, bool training) {
  const py::gil_scoped_acquire gil;
  if (py::cast<bool>(module_.attr("training")) != training) module_.attr("train")(training);
  const py::object outputs = module_(x);
  std::vector<at::Tensor> logits;
  for (const std::string& task : tasks_)
    logits.push_back(py::cast<at::Tensor>(outputs[task.c_str()]));
  return logits;
}

PythonWeighting::PythonWeighting(py::object weighting)
    : weighting_(std::move(weighting)),
      needs_gram_(py::cast<bool>(py::getattr(weighting_, "needs_gram", py::bool_(true)))) {}

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
  state.memory = given.cast<const train::WeightingState&>().memory;
  // A task without labels keeps its weight.
  for (size_t i = 0; i < found.size(); ++i)
    if (!state.labelled[i]) found[i] = state.weights[i];
  state.weights = found;
  ++state.step;
  return found;
}

}  // namespace dt4ecg::bindings
