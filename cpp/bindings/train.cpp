#include <ATen/CPUGeneratorImpl.h>
#include <pybind11/native_enum.h>
#include <pybind11/numpy.h>
#include <torch/extension.h>

#include "base/error.hpp"
#include "dt4ecg/train/trainer.hpp"
#include "modules.hpp"
#include "ops/cross_entropy.hpp"
#include "python_parts.hpp"
#include "train/objectives/cross_entropy.hpp"
#include "train/weightings/aligned_mtl.hpp"
#include "train/weightings/cagrad.hpp"
#include "train/weightings/chen2018.hpp"
#include "train/weightings/dwa.hpp"
#include "train/weightings/equal_weighting.hpp"
#include "train/weightings/famo.hpp"
#include "train/weightings/imtl_g.hpp"
#include "train/weightings/mgda.hpp"
#include "train/weightings/nash_mtl.hpp"
#include "train/weightings/paper_weighting.hpp"
#include "train/weightings/pcgrad.hpp"
#include "train/weightings/rlw.hpp"
#include "train/weightings/uncertainty.hpp"

namespace py = pybind11;

namespace dt4ecg::bindings {

namespace {

using Doubles = py::array_t<double, py::array::c_style | py::array::forcecast>;

std::vector<float> call(const train::Weighting& weighting, const Doubles& losses,
                        const std::optional<Doubles>& gram, train::WeightingState& state) {
  const std::size_t tasks = state.classes.size();
  const auto size = [](const Doubles& values) { return static_cast<std::size_t>(values.size()); };
  if (size(losses) != tasks || (gram && size(*gram) != tasks * tasks) ||
      (!gram && weighting.needs_gram())) {
    throw_invalid("weighting", "losses", "takes losses (", tasks, ",) and gram (", tasks, ", ",
                  tasks, ")");
  }
  const train::Gram matrix = gram ? train::Gram(gram->data(), size(*gram)) : train::Gram();
  return weighting({losses.data(), size(losses)}, matrix, state);
}

// A tuple, so that an attempt to write to an element raises an error instead of having no effect.
template <auto Values>
py::tuple values_of(const train::WeightingState& state) {
  return py::tuple(py::cast(state.*Values));
}

void check_tasks(const std::string& name, std::size_t size, const train::WeightingState& state) {
  if (size != state.classes.size()) {
    throw_invalid("weighting", name, "state.", name, " takes ", state.classes.size(),
                  " values, one per task, got ", size);
  }
}

void register_weighting(py::module_& module) {
  py::class_<train::WeightingState>(module, "State")
      .def(py::init<std::vector<int64_t>>(), py::arg("classes"))
      .def_property_readonly("classes", values_of<&train::WeightingState::classes>)
      .def_property("labelled", values_of<&train::WeightingState::labelled>,
                    [](train::WeightingState& state, std::vector<bool> labelled) {
                      check_tasks("labelled", labelled.size(), state);
                      state.labelled = std::move(labelled);
                    })
      .def_property("weights", values_of<&train::WeightingState::weights>,
                    [](train::WeightingState& state, std::vector<float> weights) {
                      check_tasks("weights", weights.size(), state);
                      state.weights = std::move(weights);
                    })
      .def_readonly("step", &train::WeightingState::step)
      .def("__contains__", [](const train::WeightingState& state,
                              const std::string& name) { return state.memory.contains(name); })
      .def("__getitem__",
           [](const train::WeightingState& state, const std::string& name) {
             const auto found = state.memory.find(name);
             if (found == state.memory.end()) {
               throw py::key_error(name);
             }
             return Doubles(static_cast<py::ssize_t>(found->second.size()), found->second.data());
           })
      .def("__setitem__",
           [](train::WeightingState& state, const std::string& name, const Doubles& values) {
             state.memory[name] = {values.data(), values.data() + values.size()};
           });

  py::class_<train::Weighting, std::shared_ptr<train::Weighting>>(module, "Weighting")
      .def_property_readonly("needs_gram", &train::Weighting::needs_gram)
      .def("__call__", call, py::arg("losses"), py::arg("gram"), py::arg("state"))
      .def("looks_back", &train::Weighting::looks_back, py::arg("state"))
      .def(
          "look_back",
          [](const train::Weighting& weighting, const Doubles& losses,
             train::WeightingState& state) {
            check_tasks("losses", static_cast<std::size_t>(losses.size()), state);
            weighting.look_back({losses.data(), state.classes.size()}, state);
          },
          py::arg("losses"), py::arg("state"))
      .def("end_epoch", &train::Weighting::end_epoch, py::arg("state"));
  py::class_<train::EqualWeighting, train::Weighting, std::shared_ptr<train::EqualWeighting>>(
      module, "EqualWeighting")
      .def(py::init<>());
  py::native_enum<train::PaperWeighting::Variant>(module, "PaperVariant", "enum.Enum")
      .value("printed", train::PaperWeighting::Variant::printed)
      .value("reset", train::PaperWeighting::Variant::reset)
      .value("renorm", train::PaperWeighting::Variant::renorm)
      .finalize();
  py::class_<train::PaperWeighting, train::Weighting, std::shared_ptr<train::PaperWeighting>>(
      module, "PaperWeighting")
      .def(py::init<train::PaperWeighting::Variant, double>(), py::arg("variant"),
           py::arg("alpha"));
  py::native_enum<train::Chen2018::Reference>(module, "Reference", "enum.Enum")
      .value("log_classes", train::Chen2018::Reference::log_classes)
      .value("first", train::Chen2018::Reference::first)
      .finalize();
  py::class_<train::Chen2018, train::Weighting, std::shared_ptr<train::Chen2018>>(module,
                                                                                  "Chen2018")
      .def(py::init<double, double, train::Chen2018::Reference>(), py::arg("alpha"),
           py::arg("weight_rate"), py::arg("reference"));
  py::class_<PythonWeighting, train::Weighting, std::shared_ptr<PythonWeighting>>(module,
                                                                                  "PythonWeighting")
      .def(py::init<py::object>(), py::arg("weighting"));
}

template <class Weighting>
py::class_<Weighting, train::Weighting, std::shared_ptr<Weighting>> weighting(py::module_& module,
                                                                              const char* name) {
  return {module, name};
}

void register_loss_weightings(py::module_& module) {
  weighting<train::Uncertainty>(module, "Uncertainty")
      .def(py::init<double>(), py::arg("weight_rate"));
  weighting<train::DWA>(module, "DWA").def(py::init<double>(), py::arg("temperature"));
  weighting<train::RLW>(module, "RLW").def(py::init<uint64_t>(), py::arg("seed"));
  weighting<train::FAMO>(module, "FAMO")
      .def(py::init<double, double>(), py::arg("weight_rate"), py::arg("decay"));
}

void register_gradient_weightings(py::module_& module) {
  weighting<train::PCGrad>(module, "PCGrad").def(py::init<uint64_t>(), py::arg("seed"));
  weighting<train::MGDA>(module, "MGDA").def(py::init<>());
  weighting<train::CAGrad>(module, "CAGrad").def(py::init<double>(), py::arg("c"));
  weighting<train::IMTLG>(module, "IMTLG").def(py::init<>());
  weighting<train::NashMTL>(module, "NashMTL").def(py::init<>());
  weighting<train::AlignedMTL>(module, "AlignedMTL").def(py::init<>());
}

void register_models(py::module_& module) {
  using Part = std::tuple<std::string, std::vector<at::Tensor>, std::vector<at::Tensor>>;
  py::class_<train::Model, std::shared_ptr<train::Model>>(module, "Model")
      .def_property_readonly("trainable",
                             [](const train::Model& model) { return model.parameters.size(); });
  py::class_<train::GraphModel, train::Model, std::shared_ptr<train::GraphModel>>(module,
                                                                                  "GraphModel")
      .def(py::init([](const std::vector<Part>& parts, const std::vector<std::string>& names) {
             std::vector<train::GraphModel::Part> found;
             for (const auto& [graph, parameters, buffers] : parts) {
               found.push_back({nn::parsed(graph), parameters, buffers});
             }
             return std::make_shared<train::GraphModel>(std::move(found), names);
           }),
           py::arg("parts"), py::arg("names"));
  py::class_<PythonModel, train::Model, std::shared_ptr<PythonModel>>(module, "PythonModel")
      .def(py::init<py::object, const std::vector<std::pair<std::string, at::Tensor>>&,
                    std::vector<at::Tensor>>(),
           py::arg("forward"), py::arg("parameters"), py::arg("buffers"));
}

void register_objectives(py::module_& module) {
  py::class_<train::Objective, std::shared_ptr<train::Objective>>(module, "Objective");
  py::class_<train::CrossEntropy, train::Objective, std::shared_ptr<train::CrossEntropy>>(
      module, "CrossEntropy")
      .def(py::init<std::vector<int64_t>, double, const std::vector<std::vector<float>>&>(),
           py::arg("classes"), py::arg("label_smoothing"), py::arg("class_weights"));
  py::class_<PythonObjective, train::Objective, std::shared_ptr<PythonObjective>>(module,
                                                                                  "PythonObjective")
      .def(py::init<py::object, std::vector<std::string>, std::vector<std::string>,
                    std::optional<std::vector<std::string>>>(),
           py::arg("objective"), py::arg("tasks"), py::arg("network_tasks"),
           py::arg("target_names"));
}

void register_options(py::module_& module) {
  py::native_enum<train::NormScope>(module, "NormScope", "enum.Enum")
      .value("shared", train::NormScope::shared)
      .value("last", train::NormScope::last)
      .value("all", train::NormScope::all)
      .finalize();
  py::native_enum<train::Schedule>(module, "Schedule", "enum.Enum")
      .value("constant", train::Schedule::constant)
      .value("cosine", train::Schedule::cosine)
      .finalize();
  py::class_<train::TrainerOptions>(module, "TrainerOptions")
      .def(py::init([](double learning_rate, double weight_decay, train::Schedule schedule,
                       int64_t batch_size, int64_t epochs, train::NormScope norm_scope,
                       uint64_t seed, int threads, bool fused) {
             return train::TrainerOptions{.learning_rate = learning_rate,
                                          .weight_decay = weight_decay,
                                          .schedule = schedule,
                                          .batch_size = batch_size,
                                          .epochs = epochs,
                                          .norm_scope = norm_scope,
                                          .seed = seed,
                                          .threads = threads,
                                          .fused = fused};
           }),
           py::kw_only(), py::arg("learning_rate"), py::arg("weight_decay"), py::arg("schedule"),
           py::arg("batch_size"), py::arg("epochs"), py::arg("norm_scope"), py::arg("seed"),
           py::arg("threads"), py::arg("fused"));
}

void register_data(py::module_& module) {
  py::class_<train::EpochRecord>(module, "EpochRecord")
      .def_readonly("epoch", &train::EpochRecord::epoch)
      .def_readonly("train_loss", &train::EpochRecord::train_loss)
      .def_readonly("train_accuracy", &train::EpochRecord::train_accuracy)
      .def_readonly("validation_loss", &train::EpochRecord::validation_loss)
      .def_readonly("validation_accuracy", &train::EpochRecord::validation_accuracy)
      .def_readonly("weight", &train::EpochRecord::weight)
      .def_readonly("gradient_norm", &train::EpochRecord::gradient_norm)
      .def_readonly("skipped_steps", &train::EpochRecord::skipped_steps)
      .def_readonly("warnings", &train::EpochRecord::warnings);
  py::class_<train::TrainingData>(module, "TrainingData")
      .def(py::init([](at::Tensor x, std::vector<at::Tensor> targets,
                       std::optional<at::Tensor> sample_weight) {
             return train::TrainingData{std::move(x),
                                        {std::move(targets), sample_weight.value_or(at::Tensor())}};
           }),
           py::arg("x"), py::arg("targets"), py::arg("sample_weight") = py::none())
      .def_readonly("x", &train::TrainingData::x)
      .def_property_readonly("targets",
                             [](const train::TrainingData& data) { return data.targets.arrays; })
      .def_property_readonly("sample_weight", [](const train::TrainingData& data) {
        const at::Tensor& weight = data.targets.sample_weight;
        return weight.defined() ? std::optional(weight) : std::nullopt;
      });
}

std::unique_ptr<train::Trainer> make_trainer(const std::shared_ptr<train::Model>& model,
                                             const std::shared_ptr<train::Objective>& objective,
                                             const std::shared_ptr<train::Weighting>& weighting,
                                             const train::TrainerOptions& options) {
  // A step that is undone also restores the random numbers that Python code has drawn in it.
  if (model && dynamic_cast<PythonObjective*>(objective.get())) {
    model->generator = at::detail::getDefaultCPUGenerator();
  }
  return std::make_unique<train::Trainer>(model, objective, weighting, options);
}

}  // namespace

void register_train(py::module_& core) {
  auto module = core.def_submodule("train", "Task weighting and the training loop.");
  register_weighting(module);
  register_loss_weightings(module);
  register_gradient_weightings(module);
  register_models(module);
  register_objectives(module);
  register_options(module);
  register_data(module);

  py::class_<train::Trainer>(module, "Trainer")
      .def(py::init(&make_trainer), py::arg("model"), py::arg("objective"), py::arg("weighting"),
           py::arg("options"))
      .def(
          "fit",
          [](train::Trainer& trainer, const train::TrainingData& data,
             const std::optional<train::TrainingData>& validation,
             const py::function& after_epoch) {
            const train::TrainerHooks hooks{.before_step =
                                                [] {
                                                  // Ctrl-C reaches Python code on the main thread
                                                  // only; elsewhere this does nothing and stop() is
                                                  // the way.
                                                  const py::gil_scoped_acquire gil;
                                                  if (PyErr_CheckSignals() != 0) {
                                                    throw py::error_already_set();
                                                  }
                                                },
                                            .after_epoch =
                                                [&after_epoch] {
                                                  const py::gil_scoped_acquire gil;
                                                  after_epoch();
                                                }};
            const py::gil_scoped_release no_gil;
            return trainer.fit(data, validation, hooks);
          },
          py::arg("data"), py::arg("validation"), py::arg("after_epoch"))
      .def_property_readonly("fused", &train::Trainer::fused)
      .def("stop", &train::Trainer::stop)
      .def(
          "between_steps",
          [](const train::Trainer& trainer, const py::function& call) {
            py::object answer;
            // Waited for without the GIL, which the step under way may need.
            const py::gil_scoped_release no_gil;
            trainer.between_steps([&] {
              const py::gil_scoped_acquire gil;
              answer = call();
            });
            return answer;
          },
          py::arg("call"))
      .def("state", &train::Trainer::state)
      .def("restore", &train::Trainer::restore, py::arg("state"), py::arg("samples"))
      .def_property_readonly("history", &train::Trainer::history)
      .def_property_readonly("weights", &train::Trainer::weights);

  module.attr("MISSING") = ops::kMissing;
}

}  // namespace dt4ecg::bindings
