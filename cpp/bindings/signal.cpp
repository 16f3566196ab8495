#include <pybind11/native_enum.h>
#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <functional>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "dt4ecg/signal/filter_design.hpp"
#include "dt4ecg/signal/pipeline.hpp"
#include "dt4ecg/signal/stream.hpp"
#include "errors.hpp"
#include "modules.hpp"
#include "ops/parallel.hpp"
#include "signal_parts.hpp"

namespace py = pybind11;
using namespace py::literals;

namespace dt4ecg::bindings {
namespace {

// (rows, samples) of double in C order. Input of other strides, byte order or real type is
// converted.
using Rows = py::array_t<double, py::array::c_style | py::array::forcecast>;

signal::Leads leads_of(const Rows& rows) {
  if (rows.ndim() != 2) {
    throw_invalid("signal", "samples", "expects 2 dimensions (rows, samples), got ", rows.ndim());
  }
  return {{rows.data(), static_cast<std::size_t>(rows.size())},
          static_cast<std::size_t>(rows.shape(0)),
          static_cast<std::size_t>(rows.shape(1))};
}

// A signal::ForEach on the threads of torch.set_num_threads().
void parallel_for_each(std::size_t count, const std::function<void(std::size_t)>& work) {
  ops::parallel_for(
      static_cast<std::int64_t>(count), 1,
      [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i) {
          work(static_cast<std::size_t>(i));
        }
      },
      Loop::long_one);
}

// Copies the rows and calls work(copies) without the GIL.
template <class Work>
Rows map_rows(const Rows& rows, Work work) {
  const signal::Leads input = leads_of(rows);
  Rows result({rows.shape(0), rows.shape(1)});
  double* output = result.mutable_data();
  const py::gil_scoped_release release;
  // Most of the time of a copy is page faults of the new memory, so that threads help.
  constexpr std::size_t kBlock = 1 << 16;
  parallel_for_each((input.samples.size() + kBlock - 1) / kBlock, [&](std::size_t block) {
    const std::size_t begin = block * kBlock;
    const auto part = input.samples.subspan(begin, std::min(kBlock, input.samples.size() - begin));
    std::ranges::copy(part, output + begin);
  });
  std::vector<std::span<double>> copies;
  for (std::size_t i = 0; i < input.leads; ++i) {
    copies.emplace_back(output + i * input.length, input.length);
  }
  work(std::as_const(copies));
  return result;
}

Rows filter_rows(const Rows& samples, const std::vector<signal::Section>& sections, bool zero_phase,
                 bool settle) {
  const auto padding = settle ? signal::Padding::settling : signal::Padding::scipy;
  return map_rows(samples, [&](const std::vector<std::span<double>>& copies) {
    std::vector<signal::Row> rows;
    rows.reserve(copies.size());
    for (const auto& copy : copies) {
      rows.push_back({&sections, copy});
    }
    if (zero_phase) {
      signal::filter_zero_phase(rows, padding, parallel_for_each);
    } else {
      signal::filter_causal(rows, parallel_for_each);
    }
  });
}

Rows resample_rows(const Rows& rows, double sampling_rate, double target_rate) {
  const signal::Leads input = leads_of(rows);
  const signal::Ratio ratio = signal::find_ratio(sampling_rate, target_rate);
  if (ratio.up == ratio.down) {
    return map_rows(rows, [](const auto&) {});
  }
  std::vector<signal::Samples> resampled(input.leads);
  {
    const py::gil_scoped_release release;
    const signal::FilterBank bank(ratio);
    parallel_for_each(input.leads, [&](std::size_t i) {
      resampled[i] = signal::resample(bank, input.lead(i), parallel_for_each);
    });
  }
  const std::size_t length = resampled.empty() ? 0 : resampled.front().size();
  Rows result({input.leads, length});
  for (std::size_t i = 0; i < input.leads; ++i) {
    std::ranges::copy(resampled[i], result.mutable_data() + i * length);
  }
  return result;
}

std::pair<Rows, std::size_t> minmax_rows(const Rows& rows) {
  std::atomic<std::size_t> flat = 0;
  Rows scaled = map_rows(rows, [&](const std::vector<std::span<double>>& copies) {
    parallel_for_each(copies.size(), [&](std::size_t i) {
      const signal::Limits limits = signal::find_limits(copies[i]);
      signal::scale_to_unit(copies[i], limits);
      flat += signal::is_flat(limits);
    });
  });
  return {std::move(scaled), flat};
}

Rows sos_of(const std::vector<signal::Section>& sections) {
  Rows sos({sections.size(), std::size_t{6}});
  double* row = sos.mutable_data();
  for (const auto& [b0, b1, b2, a1, a2] : sections) {
    for (const double coefficient : {b0, b1, b2, 1.0, a1, a2}) {
      *row++ = coefficient;
    }
  }
  return sos;
}

std::vector<signal::Recording> recordings_of(const std::vector<Rows>& recordings,
                                             const std::vector<double>& sampling_rates,
                                             const std::vector<std::vector<std::int64_t>>& gaps) {
  if (sampling_rates.size() != recordings.size() || gaps.size() != recordings.size()) {
    throw_invalid("transform", "sampling_rates", recordings.size(),
                  " recordings need as many sampling rates and lists of gaps, got ",
                  sampling_rates.size(), " and ", gaps.size());
  }
  std::vector<signal::Recording> result;
  for (std::size_t i = 0; i < recordings.size(); ++i) {
    result.push_back({leads_of(recordings[i]), sampling_rates[i], gaps[i]});
  }
  return result;
}

std::vector<std::vector<std::pair<double, double>>> fit_limits(
    const signal::Settings& settings, const std::vector<Rows>& recordings,
    const std::vector<double>& sampling_rates, const std::vector<std::vector<std::int64_t>>& gaps) {
  const auto inputs = recordings_of(recordings, sampling_rates, gaps);
  const py::gil_scoped_release release;
  std::vector<std::vector<std::pair<double, double>>> pairs;
  for (const auto& limits : signal::fit_limits(settings, inputs, parallel_for_each)) {
    auto& lead_limits = pairs.emplace_back();
    for (const auto& [low, high] : limits) {
      lead_limits.emplace_back(low, high);
    }
  }
  return pairs;
}

// For each recording its segments, or the InvalidArgument that prevents them.
py::list transform(const signal::Settings& settings, const std::vector<Rows>& recordings,
                   const std::vector<double>& sampling_rates,
                   const std::vector<std::vector<std::int64_t>>& gaps) {
  const auto inputs = recordings_of(recordings, sampling_rates, gaps);
  std::vector<signal::Outcome> outcomes;
  {
    const py::gil_scoped_release release;
    outcomes = signal::transform_each(settings, inputs, parallel_for_each);
  }
  py::list results;
  for (signal::Outcome& outcome : outcomes) {
    results.append(outcome.error ? as_python(*outcome.error)
                                 : py::cast(std::move(outcome.segments)));
  }
  return results;
}

// A NumPy view of the vector; it keeps `owner` alive.
py::array view(const std::vector<double>& values, const std::vector<std::size_t>& shape,
               const py::object& owner) {
  return py::array_t<double>(shape, values.data(), owner);
}

std::vector<std::pair<double, double>> limits_of(const signal::Settings& settings) {
  std::vector<std::pair<double, double>> pairs;
  for (const auto& [low, high] : settings.limits) {
    pairs.emplace_back(low, high);
  }
  return pairs;
}

void set_limits(signal::Settings& settings, const std::vector<std::pair<double, double>>& limits) {
  settings.limits.clear();
  for (const auto& [low, high] : limits) {
    settings.limits.push_back({low, high});
  }
}

// For each value that was taken for lost samples: its lead, the value and the number of samples.
std::vector<std::tuple<std::size_t, double, std::size_t>> lost_of(
    const signal::Segments& segments) {
  std::vector<std::tuple<std::size_t, double, std::size_t>> rows;
  for (const auto& [lead, value, count] : segments.repairs.lost) {
    rows.emplace_back(lead, value, count);
  }
  return rows;
}

// The names and values of Quality. An entry of the same name in Python is an array.
constexpr std::pair<const char*, double signal::Quality::*> kQualityFields[] = {
    {"flat", &signal::Quality::flat},
    {"clipped", &signal::Quality::clipped},
    {"cut_off", &signal::Quality::cut_off},
    {"rail", &signal::Quality::rail},
    {"spike", &signal::Quality::spike},
    {"jump", &signal::Quality::jump},
    {"mains", &signal::Quality::mains},
    {"beats", &signal::Quality::beats},
    {"kurtosis", &signal::Quality::kurtosis},
    {"skewness", &signal::Quality::skewness},
    {"similarity", &signal::Quality::similarity},
    {"step", &signal::Quality::step},
    {"qrs_share", &signal::Quality::qrs_share},
    {"noise", &signal::Quality::noise},
    {"score", &signal::Quality::score},
};

// One array (rows, columns) for each field.
py::dict arrays_of(const std::vector<signal::Quality>& rows, std::size_t leads) {
  py::dict arrays;
  for (const auto& [name, field] : kQualityFields) {
    py::array_t<double> values({rows.size() / leads, leads});
    std::ranges::transform(rows, values.mutable_data(),
                           [field = field](const signal::Quality& row) { return row.*field; });
    arrays[name] = values;
  }
  return arrays;
}

// The quality of segments (n * leads, L) that were filtered and perhaps normalised.
py::dict assess_segments(const Rows& rows, std::size_t leads, double rate) {
  const signal::Leads input = leads_of(rows);
  require(leads >= 1 && input.leads % leads == 0, "quality", "leads", "must divide the ",
          input.leads, " rows, got ", leads);
  std::vector<signal::Quality> found(input.leads);
  {
    const py::gil_scoped_release release;
    parallel_for_each(input.leads, [&](std::size_t i) {
      found[i] = signal::assess(input.lead(i), rate, input.lead(i), rate);
    });
  }
  return arrays_of(found, leads);
}

void register_pipeline(py::module_& module) {
  using signal::NonFinite, signal::Normalization, signal::Segments, signal::Settings,
      signal::Stream;
  py::native_enum<Normalization>(module, "Normalization", "enum.Enum")
      .value("none", Normalization::none)
      .value("record", Normalization::record)
      .value("segment", Normalization::segment)
      .value("training", Normalization::training)
      .value("zscore", Normalization::zscore)
      .finalize();
  // `raise` is a keyword of Python.
  py::native_enum<NonFinite>(module, "NonFinite", "enum.Enum")
      .value("raise_", NonFinite::raise)
      .value("interpolate", NonFinite::interpolate)
      .value("drop", NonFinite::drop)
      .finalize();
  py::class_<Settings>(module, "Settings")
      .def(py::init<>())
      .def_readwrite("target_rate", &Settings::target_rate)
      .def_readwrite("highpass", &Settings::highpass)
      .def_readwrite("highpass_order", &Settings::highpass_order)
      .def_readwrite("notch", &Settings::notch)
      .def_readwrite("notch_quality", &Settings::notch_quality)
      .def_readwrite("normalization", &Settings::normalization)
      .def_readwrite("segment_seconds", &Settings::segment_seconds)
      .def_readwrite("overlap", &Settings::overlap)
      .def_readwrite("zero_phase", &Settings::zero_phase)
      .def_readwrite("settle", &Settings::settle)
      .def_readwrite("non_finite", &Settings::non_finite)
      .def_readwrite("max_interpolate_seconds", &Settings::max_interpolate_seconds)
      .def_readwrite("find_lost", &Settings::find_lost)
      .def_property("limits", limits_of, set_limits)
      .def_readwrite("quality", &Settings::quality);
  py::class_<Segments>(module, "Segments")
      .def_property_readonly("samples",
                             [](const py::object& self) {
                               const auto& s = self.cast<const Segments&>();
                               return view(s.samples, {s.count(), s.leads, s.length}, self);
                             })
      .def_property_readonly("start_seconds",
                             [](const py::object& self) {
                               const auto& s = self.cast<const Segments&>();
                               return view(s.start_seconds, {s.count()}, self);
                             })
      .def_readonly("dropped_seconds", &Segments::dropped_seconds)
      .def_readonly("dropped_pieces", &Segments::dropped_pieces)
      .def_readonly("flat", &Segments::flat)
      .def_property_readonly("lost", lost_of)
      .def_property_readonly("bridged_samples",
                             [](const Segments& s) { return s.repairs.bridged_samples(); })
      .def_property_readonly("new_gaps", [](const Segments& s) { return s.repairs.gaps; })
      .def_property_readonly("quality",
                             [](const Segments& s) { return arrays_of(s.quality, s.leads); });
  module.def("assess_segments", &assess_segments, "segments"_a, "leads"_a, "rate"_a);
  module.def("transform", &transform, "settings"_a, "recordings"_a, "sampling_rates"_a, "gaps"_a);
  module.def("fit_limits", &fit_limits, "settings"_a, "recordings"_a, "sampling_rates"_a, "gaps"_a);
  py::class_<Stream>(module, "Stream")
      .def(py::init<const Settings&, double>(), "settings"_a, "sampling_rate"_a,
           py::call_guard<py::gil_scoped_release>())
      .def(
          "push",
          [](Stream& stream, const Rows& chunk) {
            const signal::Leads leads = leads_of(chunk);
            const py::gil_scoped_release release;
            return stream.push(leads);
          },
          "chunk"_a)
      .def("reset", &Stream::reset, py::call_guard<py::gil_scoped_release>())
      .def("state",
           [](Stream& stream) {
             const std::vector<double> state = stream.state();
             return py::array_t<double>(static_cast<py::ssize_t>(state.size()), state.data());
           })
      .def(
          "restore",
          [](Stream& stream, const py::array_t<double, py::array::c_style>& numbers) {
            const std::span<const double> state(numbers.data(),
                                                static_cast<std::size_t>(numbers.size()));
            const py::gil_scoped_release release;
            stream.restore(state);
          },
          "state"_a);
}

}  // namespace

void register_signal(py::module_& core) {
  auto module = core.def_submodule("signal", "Filters, resampling, normalisation, segmentation.");
  module.def(
      "highpass",
      [](const Rows& samples, double sampling_rate, double cutoff, int order, bool zero_phase,
         bool settle) {
        return filter_rows(samples, signal::design_highpass(sampling_rate, cutoff, order),
                           zero_phase, settle);
      },
      "samples"_a, "sampling_rate"_a, "cutoff"_a, "order"_a, "zero_phase"_a, "settle"_a);
  module.def(
      "notch",
      [](const Rows& samples, double sampling_rate, double frequency, double quality,
         bool zero_phase, bool settle) {
        return filter_rows(samples, signal::design_notch(sampling_rate, frequency, quality),
                           zero_phase, settle);
      },
      "samples"_a, "sampling_rate"_a, "frequency"_a, "quality"_a, "zero_phase"_a, "settle"_a);
  module.def("resample", &resample_rows, "samples"_a, "sampling_rate"_a, "target_rate"_a);
  module.def("minmax", &minmax_rows, "samples"_a);
  module.attr("HIGHEST_ORDER") = signal::kMaximumOrder;
  module.def(
      "design_highpass",
      [](double sampling_rate, double cutoff, int order) {
        return sos_of(signal::design_highpass(sampling_rate, cutoff, order));
      },
      "sampling_rate"_a, "cutoff"_a, "order"_a);
  module.def(
      "design_notch",
      [](double sampling_rate, double frequency, double quality) {
        return sos_of(signal::design_notch(sampling_rate, frequency, quality));
      },
      "sampling_rate"_a, "frequency"_a, "quality"_a);
  module.def(
      "window",
      [](double seconds, double overlap, double sampling_rate) {
        const auto window = signal::make_window(seconds, overlap, sampling_rate);
        return std::pair(window.length, window.hop);
      },
      "seconds"_a, "overlap"_a, "sampling_rate"_a);
  register_pipeline(module);
  register_beats(module);
}

}  // namespace dt4ecg::bindings
