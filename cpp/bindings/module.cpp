// The extension module `dt4ecg._core`. The submodules are added in the order of the layers.
#include <torch/extension.h>

#include "errors.hpp"
#include "modules.hpp"

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
