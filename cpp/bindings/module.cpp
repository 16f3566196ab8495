// The extension module `dt4ecg._core`. The submodules are added in the order of the layers.
#include <torch/extension.h>

#include "errors.hpp"
#include "modules.hpp"

// Tensors can be passed only between modules with the same pybind11 internals. Version 11 is that
// of pybind11 3.0, which torch 2.13 uses.
static_assert(PYBIND11_INTERNALS_VERSION == 11, "build with pybind11>=3.0.4,<3.1, like torch 2.13");

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
