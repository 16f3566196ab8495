#include "rooms.hpp"

namespace dt4ecg::bindings {

void register_signal(pybind11::module_& core) {
  auto module = core.def_submodule("signal", "Filters, resampling, normalisation, segmentation.");
}

}  // namespace dt4ecg::bindings
