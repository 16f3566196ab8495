#include <torch/extension.h>

#include <utility>

#include "dt4ecg/nn/inference.hpp"
#include "dt4ecg/nn/registry.hpp"
#include "modules.hpp"

namespace py = pybind11;

namespace dt4ecg::bindings {

namespace {

template <typename Entry>
py::dict summaries(const std::vector<Entry>& table) {
  py::dict found;
  for (const Entry& entry : table) {
    found[py::str(entry.name)] = entry.summary;
  }
  return found;
}

template <typename Entry>
const Entry& find(const std::vector<Entry>& table, const std::string& name) {
  for (const Entry& entry : table) {
    if (entry.name == name) {
      return entry;
    }
  }
  throw py::key_error(name);
}

std::vector<std::string> names(const std::vector<ops::TensorSpec>& specs) {
  std::vector<std::string> found;
  found.reserve(specs.size());
  for (const auto& spec : specs) {
    found.push_back(spec.name);
  }
  return found;
}

}  // namespace

void register_nn(py::module_& core) {
  auto module = core.def_submodule("nn", "Network graphs as data, and the table of them.");

  py::class_<nn::Graph>(module, "Graph")
      .def_static("parse", &nn::Graph::parse, py::arg("text"))
      .def_property_readonly("text", &nn::Graph::text)
      .def_property_readonly("output_shapes",
                             [](const nn::Graph& graph) {
                               std::vector<std::pair<int64_t, int64_t>> shapes;
                               for (const int64_t value : graph.outputs()) {
                                 shapes.emplace_back(graph.shape(value).channels,
                                                     graph.shape(value).length);
                               }
                               return shapes;
                             })
      .def_property_readonly("parameter_names",
                             [](const nn::Graph& graph) { return names(graph.parameters()); })
      .def_property_readonly("parameter_shapes",
                             [](const nn::Graph& graph) {
                               std::vector<std::vector<int64_t>> shapes;
                               for (const auto& spec : graph.parameters()) {
                                 shapes.push_back(spec.shape);
                               }
                               return shapes;
                             })
      .def_property_readonly("buffer_names",
                             [](const nn::Graph& graph) { return names(graph.buffers()); })
      .def_property_readonly("multiply_adds", &nn::Graph::multiply_adds)
      .def(
          "initial_parameters",
          [](const nn::Graph& graph, std::optional<at::Generator> generator) {
            return nn::initial_values(graph.parameters(), std::move(generator));
          },
          py::arg("generator") = py::none())
      .def("initial_buffers",
           [](const nn::Graph& graph) { return nn::initial_values(graph.buffers(), {}); });

  using Part = std::tuple<std::string, std::vector<at::Tensor>, std::vector<at::Tensor>>;
  py::class_<nn::Inference>(module, "Inference")
      .def(py::init([](const std::vector<Part>& parts) {
             std::vector<nn::BoundGraph> chain;
             chain.reserve(parts.size());
             for (const auto& [graph, parameters, buffers] : parts) {
               chain.push_back({nn::parsed(graph), parameters, buffers});
             }
             return std::make_unique<nn::Inference>(std::move(chain));
           }),
           py::arg("parts"))
      .def("__call__", &nn::Inference::operator(), py::arg("x"),
           py::call_guard<py::gil_scoped_release>());

  module.attr("MOST_CHANNELS") = ops::kMostChannels;
  module.attr("LONGEST") = ops::kLongest;
  module.attr("MOST_OUTPUTS") = ops::kMostOutputs;
  module.def("backbones", [] { return summaries(nn::backbones()); });
  module.def("attentions", [] { return summaries(nn::attentions()); });
  module.def(
      "backbone",
      [](const std::string& name, int64_t in_channels, int64_t segment_length) {
        std::vector<std::pair<std::string, nn::Graph>> stages;
        for (nn::Stage& stage : find(nn::backbones(), name).build({in_channels, segment_length})) {
          stages.emplace_back(std::move(stage.name), std::move(stage.graph));
        }
        return stages;
      },
      py::arg("name"), py::arg("in_channels"), py::arg("segment_length"));
  module.def(
      "attention",
      [](const std::string& name, int64_t channels, int64_t length) {
        return find(nn::attentions(), name).build({channels, length});
      },
      py::arg("name"), py::arg("channels"), py::arg("length"));
  module.def(
      "standardization",
      [](int64_t in_channels, int64_t segment_length) {
        return nn::standardization({in_channels, segment_length});
      },
      py::arg("in_channels"), py::arg("segment_length"));
  module.def(
      "pooling",
      [](int64_t channels, int64_t length) {
        return nn::pooling({channels, length});
      },
      py::arg("channels"), py::arg("length"));
  module.def(
      "heads",
      [](int64_t channels, const std::vector<std::pair<std::string, int64_t>>& tasks) {
        return nn::heads({channels, 0}, tasks);
      },
      py::arg("channels"), py::arg("tasks"));
}

}  // namespace dt4ecg::bindings
