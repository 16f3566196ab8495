#pragma once

#include <pybind11/pybind11.h>

namespace dt4ecg::bindings {

// Each adds the submodule of one room to `_core`.
void register_signal(pybind11::module_& core);
void register_simulate(pybind11::module_& core);
void register_nn(pybind11::module_& core);
void register_train(pybind11::module_& core);

}  // namespace dt4ecg::bindings
