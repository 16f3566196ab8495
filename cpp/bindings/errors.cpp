#include "errors.hpp"

#include <pybind11/gil_safe_call_once.h>
#include <pybind11/stl.h>

#include <exception>

namespace py = pybind11;

namespace dt4ecg::bindings {
namespace {

constexpr char kDocumentation[] =
    "An operation cannot accept an argument.\n\n"
    "`operation` names the operation, `parameter` the argument (None if the error is about "
    "several),\n"
    "and `index` the record that it is about (None unless the operation took several records).";

const py::object& error_class() {
  PYBIND11_CONSTINIT static py::gil_safe_call_once_and_store<py::object> stored;
  return stored
      .call_once_and_store_result([] {
        py::dict attributes;
        for (const char* name : {"operation", "parameter", "index"}) {
          attributes[name] = py::none();
        }
        return py::reinterpret_steal<py::object>(PyErr_NewExceptionWithDoc(
            "dt4ecg._core.InvalidArgument", kDocumentation, PyExc_ValueError, attributes.ptr()));
      })
      .get_stored();
}

}  // namespace

py::object as_python(const InvalidArgument& error) {
  py::object result = error_class()(error.what());
  result.attr("operation") = error.operation();
  if (!error.parameter().empty()) {
    result.attr("parameter") = error.parameter();
  }
  result.attr("index") = error.index();
  return result;
}

void register_errors(py::module_& core) {
  core.attr("InvalidArgument") = error_class();
  // NOLINTNEXTLINE(performance-unnecessary-value-param): the signature is pybind11's.
  py::register_exception_translator([](std::exception_ptr pointer) {
    try {
      if (pointer) {
        std::rethrow_exception(pointer);
      }
    } catch (const InvalidArgument& error) {
      PyErr_SetObject(error_class().ptr(), as_python(error).ptr());
    }
  });
}

}  // namespace dt4ecg::bindings
