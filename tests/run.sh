#!/usr/bin/env bash
# Installs what is missing and checks everything: style and types, C++ (under AddressSanitizer),
# Python, notebooks.
# DT4ECG_DATA=FOLDER adds the tests on real recordings.
set -euo pipefail
cd "$(dirname "$0")/.."

need() {  # need FILE PACKAGE...: Debian packages, if the compiler does not find FILE
  local file=$1
  shift
  if command -v c++ >/dev/null && echo "#include <$file>" | c++ -std=c++20 -E -x c++ - >/dev/null 2>&1; then
    return
  fi
  local root=()
  if [ "$(id -u)" -ne 0 ]; then root=(sudo); fi
  if ! command -v apt-get >/dev/null || ! command -v "${root[0]:-true}" >/dev/null; then
    echo "The C++ tests need <$file>: install $* with your system's package manager." >&2
    exit 1
  fi
  "${root[@]}" apt-get update -qq
  "${root[@]}" apt-get install -y -qq "$@"
}

need version g++
need gtest/gtest.h libgtest-dev

if [ ! -x .venv/bin/python ]; then python3 -m venv .venv; fi
.venv/bin/pip install --quiet ".[test]"
export PATH="$PWD/.venv/bin:$PATH"

ruff check .
ruff format --check .
mypy
find cpp tests/cpp -name "*.?pp" -exec clang-format --dry-run -Werror {} +

# A warning of a compiler that we have not met must not keep anybody from running the tests.
cmake --preset asan ${CI:+-DDT4ECG_WARNINGS_AS_ERRORS=ON}
cmake --build --preset asan
ctest --preset asan

python -m pytest
python -m pytest --nbmake notebooks
