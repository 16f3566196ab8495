#include <torch/extension.h>

#include <vector>

#include "base/error.hpp"
#include "dt4ecg/wavelets/morlet.hpp"
#include "modules.hpp"

namespace py = pybind11;
using namespace py::literals;

namespace dt4ecg::bindings {
namespace {

using wavelets::Edges;

void require_equal_lengths(std::size_t frequencies, std::size_t others, const char* parameter) {
  require(frequencies == others, "wavelets", parameter, "needs one value for each of the ",
          frequencies, " frequencies, got ", others);
}

at::Tensor morlet(const at::Tensor& rows, double sampling_rate,
                  const std::vector<double>& frequencies, const std::vector<double>& cycles,
                  bool reflect) {
  require_equal_lengths(frequencies.size(), cycles.size(), "cycles");
  std::vector<wavelets::Morlet> bank;
  for (std::size_t i = 0; i < frequencies.size(); ++i) {
    bank.push_back({frequencies[i], cycles[i]});
  }
  return wavelets::transform(rows, sampling_rate, bank, reflect ? Edges::reflect : Edges::zero);
}

at::Tensor superlet(const at::Tensor& rows, double sampling_rate,
                    const std::vector<double>& frequencies, const std::vector<int>& orders,
                    double cycles, bool multiplicative, bool reflect) {
  require_equal_lengths(frequencies.size(), orders.size(), "order");
  std::vector<wavelets::Superlet> bank;
  for (std::size_t i = 0; i < frequencies.size(); ++i) {
    bank.push_back(wavelets::make_superlet(frequencies[i], cycles, orders[i], multiplicative));
  }
  return wavelets::transform(rows, sampling_rate, bank, reflect ? Edges::reflect : Edges::zero);
}

}  // namespace

void register_wavelets(py::module_& core) {
  auto module = core.def_submodule("wavelets", "Wavelet transforms and superlets.");
  module.def("morlet", &morlet, "rows"_a, "sampling_rate"_a, "frequencies"_a, "cycles"_a,
             "reflect"_a, py::call_guard<py::gil_scoped_release>());
  module.def("superlet", &superlet, "rows"_a, "sampling_rate"_a, "frequencies"_a, "orders"_a,
             "cycles"_a, "multiplicative"_a, "reflect"_a, py::call_guard<py::gil_scoped_release>());
  module.attr("HIGHEST_ORDER") = wavelets::kHighestOrder;
}

}  // namespace dt4ecg::bindings
