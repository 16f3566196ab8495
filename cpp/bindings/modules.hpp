#pragma once

#include <pybind11/pybind11.h>

namespace dt4ecg::bindings {

// Each adds to `_core` the submodule of one folder.
void register_signal(pybind11::module_& core);
void register_simulate(pybind11::module_& core);
void register_wavelets(pybind11::module_& core);
void register_nn(pybind11::module_& core);
void register_train(pybind11::module_& core);

}  // namespace dt4ecg::bindings
