#pragma once

#include <pybind11/pybind11.h>

#include "base/error.hpp"

namespace dt4ecg::bindings {

// The error as an instance of `_core.InvalidArgument`.
pybind11::object as_python(const InvalidArgument& error);

// Adds the class InvalidArgument to `_core`, and raises it for every dt4ecg::InvalidArgument.
void register_errors(pybind11::module_& core);

}  // namespace dt4ecg::bindings
