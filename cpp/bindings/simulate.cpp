#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dt4ecg/simulate/cohort.hpp"
#include "modules.hpp"
#include "ops/parallel.hpp"

namespace dt4ecg::bindings {
namespace {

namespace py = pybind11;

// Moves the vector into an array without a copy.
py::array_t<double> as_array(std::vector<double>&& values) {
  auto owned = std::make_unique<std::vector<double>>(std::move(values));
  auto* vector = owned.get();
  py::capsule owner(vector, [](void* memory) { delete static_cast<std::vector<double>*>(memory); });
  static_cast<void>(owned.release());  // the capsule owns the vector now
  return py::array_t<double>(static_cast<py::ssize_t>(vector->size()), vector->data(), owner);
}

py::list cohort(std::int64_t subjects, const std::vector<std::string>& activities, double seconds,
                double sampling_rate, std::uint64_t seed, std::optional<double> mains_frequency) {
  simulate::Design design{subjects, {}, seconds, sampling_rate, seed, mains_frequency};
  std::transform(activities.begin(), activities.end(), std::back_inserter(design.activities),
                 simulate::activity_of);
  simulate::check(design);

  std::vector<simulate::Recording> recordings;
  {
    py::gil_scoped_release release;
    const auto kinds = static_cast<std::int64_t>(design.activities.size());
    recordings.resize(static_cast<std::size_t>(subjects * kinds));
    ops::parallel_for(
        subjects * kinds, 1,
        [&](std::int64_t begin, std::int64_t end) {
          for (auto i = begin; i < end; ++i) {
            recordings[static_cast<std::size_t>(i)] =
                simulate::record(design, static_cast<std::uint64_t>(i / kinds),
                                 design.activities[static_cast<std::size_t>(i % kinds)]);
          }
        },
        Loop::long_one);
  }
  py::list result;
  for (auto& recording : recordings) {
    result.append(py::make_tuple(
        as_array(std::move(recording.samples)), as_array(std::move(recording.noise)),
        as_array(std::move(recording.respiration)), as_array(std::move(recording.r_times))));
  }
  return result;
}

}  // namespace

void register_simulate(py::module_& core) {
  auto module = core.def_submodule("simulate", "Simulator of a cohort of ECG recordings.");
  module.def("cohort", &cohort, py::kw_only(), py::arg("subjects"), py::arg("activities"),
             py::arg("seconds"), py::arg("sampling_rate"), py::arg("seed"),
             py::arg("mains_frequency"));
}

}  // namespace dt4ecg::bindings
