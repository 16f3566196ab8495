// The extension `dt4ecg._core`: one register_* per room, in the order of the rooms.
#include <torch/extension.h>

#include "errors.hpp"
#include "rooms.hpp"

// torch's own types travel through pybind11 only between equal internals: 11 is pybind11 3.0, as in
// torch 2.13.
static_assert(PYBIND11_INTERNALS_VERSION == 11,
              "build with pybind11>=3.0.4,<3.1, as torch 2.13 was");

PYBIND11_MODULE(_core, module) {
  module.doc() = "C++ core of dt4ecg; use the public modules of the package instead.";
  module.attr("__version__") = DT4ECG_VERSION;
  module.attr("torch_version") = DT4ECG_TORCH_VERSION;
  module.attr("compiler") = __VERSION__;
  dt4ecg::bindings::register_errors(module);
  dt4ecg::bindings::register_signal(module);
  dt4ecg::bindings::register_simulate(module);
  dt4ecg::bindings::register_nn(module);
  dt4ecg::bindings::register_train(module);
}
