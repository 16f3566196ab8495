#pragma once

#include <pybind11/pybind11.h>

namespace dt4ecg::bindings {

// Each adds a part of the folder `signal` to its submodule.
void register_beats(pybind11::module_& signal);

}  // namespace dt4ecg::bindings
