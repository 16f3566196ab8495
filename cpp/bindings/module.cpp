// The extension module `dt4ecg._core`. The submodules are added in the order of the layers.
#include <ATen/Parallel.h>
#include <torch/extension.h>

#include "base/parallel.hpp"
#include "errors.hpp"
#include "modules.hpp"

namespace py = pybind11;

namespace {

// No thread may outlive the interpreter. In a forked child, OpenMP's threads do not exist, and a
// loop of torch that waited for them would never end.
void register_thread_hooks() {
  py::module_::import("atexit").attr("register")(py::cpp_function([] {
    const py::gil_scoped_release release;
    dt4ecg::stop_threads();
  }));
  if (py::module_ os = py::module_::import("os"); py::hasattr(os, "register_at_fork")) {
    os.attr("register_at_fork")(py::arg("after_in_child") =
                                    py::cpp_function([] { at::set_num_threads(1); }));
  }
}

}  // namespace

PYBIND11_MODULE(_core, module) {
  module.doc() = "C++ core of dt4ecg; use the public modules of the package instead.";
  module.attr("__version__") = DT4ECG_VERSION;
  module.attr("torch_version") = DT4ECG_TORCH_VERSION;
  module.attr("compiler") = __VERSION__;
  dt4ecg::bindings::register_errors(module);
  dt4ecg::bindings::register_signal(module);
  dt4ecg::bindings::register_simulate(module);
  dt4ecg::bindings::register_wavelets(module);
  dt4ecg::bindings::register_nn(module);
  dt4ecg::bindings::register_train(module);
  register_thread_hooks();
}
