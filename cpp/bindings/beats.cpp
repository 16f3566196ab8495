#include "dt4ecg/signal/beats.hpp"

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "dt4ecg/signal/classical_quality.hpp"
#include "ops/parallel.hpp"
#include "signal_parts.hpp"

namespace py = pybind11;
using namespace py::literals;

namespace dt4ecg::bindings {
namespace {

using Samples = py::array_t<double, py::array::c_style | py::array::forcecast>;
using Peaks = py::array_t<int64_t>;

Peaks array_of(const std::vector<int64_t>& peaks) {
  return Peaks(static_cast<py::ssize_t>(peaks.size()), peaks.data());
}

template <class Work>
Peaks without_gil(const Work& work) {
  std::vector<int64_t> peaks;
  {
    const py::gil_scoped_release release;
    peaks = work();
  }
  return array_of(peaks);
}

std::span<const double> span_of(const Samples& samples) {
  return {samples.data(), static_cast<std::size_t>(samples.size())};
}

// The names and values of ClassicalQuality, as the dataclass in Python has them.
constexpr std::pair<const char*, double signal::ClassicalQuality::*> kClassicalFields[] = {
    {"k_sqi", &signal::ClassicalQuality::k_sqi},
    {"s_sqi", &signal::ClassicalQuality::s_sqi},
    {"p_sqi", &signal::ClassicalQuality::p_sqi},
    {"bas_sqi", &signal::ClassicalQuality::bas_sqi},
    {"b_sqi", &signal::ClassicalQuality::b_sqi},
    {"amplitude", &signal::ClassicalQuality::amplitude},
};

// One array (rows,) for each index of the rows (rows, samples).
py::dict assess_classically(const Samples& rows, double sampling_rate) {
  require(rows.ndim() == 2, "quality", "samples", "expects 2 dimensions (rows, samples), got ",
          rows.ndim());
  const auto length = static_cast<std::size_t>(rows.shape(1));
  std::vector<signal::ClassicalQuality> found(static_cast<std::size_t>(rows.shape(0)));
  const double* const samples = rows.data();
  {
    const py::gil_scoped_release release;
    ops::parallel_for(
        static_cast<int64_t>(found.size()), 1,
        [&](int64_t begin, int64_t end) {
          for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
            found[i] = signal::assess_classically({samples + i * length, length}, sampling_rate);
          }
        },
        Loop::long_one);
  }
  py::dict arrays;
  for (const auto& [name, field] : kClassicalFields) {
    py::array_t<double> values(static_cast<py::ssize_t>(found.size()));
    std::ranges::transform(found, values.mutable_data(),
                           [field = field](const auto& row) { return row.*field; });
    arrays[name] = values;
  }
  return arrays;
}

}  // namespace

void register_beats(py::module_& module) {
  using dt4ecg::signal::BeatFinder;
  py::class_<BeatFinder>(module, "BeatFinder")
      .def(py::init<double>(), "sampling_rate"_a)
      .def(
          "push",
          [](BeatFinder& finder, const Samples& samples) {
            const auto chunk = span_of(samples);
            return without_gil([&] { return finder.push(chunk); });
          },
          "samples"_a)
      .def("finish",
           [](BeatFinder& finder) { return without_gil([&] { return finder.finish(); }); });
  module.def("assess_classically", &assess_classically, "segments"_a, "sampling_rate"_a);
}

}  // namespace dt4ecg::bindings
