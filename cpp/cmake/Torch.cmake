# Finds LibTorch in the Python package `torch`. Unlike find_package(Torch), it works without a CUDA toolkit if that
# torch is a CUDA build. Defines TORCH_VERSION, TORCH_LIBRARY_DIR, torch::core and torch::python.

# The supported range is written in pyproject.toml only.
file(STRINGS "${CMAKE_CURRENT_SOURCE_DIR}/pyproject.toml" torch_range REGEX "^torch = ")
string(REGEX REPLACE "^torch = \">=([0-9.]+),<([0-9.]+)\".*" "\\1;\\2" torch_range "${torch_range}")
list(POP_FRONT torch_range torch_least torch_below)

execute_process(
  COMMAND "${Python_EXECUTABLE}" -c "import torch, torch.utils.cpp_extension as e
print(torch.__version__.split('+')[0], e.TORCH_LIB_PATH, *e.include_paths(), sep=';')"
  RESULT_VARIABLE status OUTPUT_VARIABLE torch_paths ERROR_VARIABLE import_error OUTPUT_STRIP_TRAILING_WHITESPACE)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "dt4ecg is compiled against torch, which ${Python_EXECUTABLE} cannot import. Install it "
    "(pip install torch==${torch_least}.*) or build with isolation (pip install .).\n${import_error}")
endif()
list(POP_FRONT torch_paths TORCH_VERSION TORCH_LIBRARY_DIR)
if(TORCH_VERSION VERSION_LESS torch_least OR NOT TORCH_VERSION VERSION_LESS torch_below)
  message(WARNING "dt4ecg is meant for torch ${torch_least} up to, but not including, ${torch_below}; "
    "${Python_EXECUTABLE} has torch ${TORCH_VERSION}")
endif()
message(STATUS "torch ${TORCH_VERSION} in ${TORCH_LIBRARY_DIR}")

add_library(torch::core INTERFACE IMPORTED)
target_include_directories(torch::core SYSTEM INTERFACE ${torch_paths})
target_link_directories(torch::core INTERFACE "${TORCH_LIBRARY_DIR}")
target_link_libraries(torch::core INTERFACE c10 torch torch_cpu)

add_library(torch::python INTERFACE IMPORTED)
target_link_libraries(torch::python INTERFACE torch::core torch_python)
