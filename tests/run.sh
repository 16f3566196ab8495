#!/usr/bin/env bash
# Runs every check: style, types, C++ tests under AddressSanitizer, Python tests, examples in
# docstrings, notebooks, documentation and the word check. It changes nothing outside the checkout.
# --fast runs style, types and the quick Python tests, in under three minutes.
# DT4ECG_DATA=FOLDER adds the tests on real recordings.
set -euo pipefail
cd "$(dirname "$0")/.."

fast=false
case "${1:-}" in
  "") ;;
  --fast) fast=true ;;
  *) echo "usage: bash tests/run.sh [--fast]" >&2; exit 2 ;;
esac
if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c 'import dt4ecg, pytest' 2>/dev/null; then
  echo "run: the package is not installed in .venv; first run: bash tests/setup.sh" >&2
  exit 1
fi
export PATH="$PWD/.venv/bin:$PATH"

step() {  # step NAME COMMAND...
  local name=$1
  shift
  printf '\n== %s\n' "$name"
  "$@" || { printf 'FAILED: %s (%s)\n' "$name" "$*" >&2; exit 1; }
}
# A file stays in one process, since its tests share fixtures.
workers=(-n auto --maxprocesses 4 --dist loadfile)
cpp_format() { find cpp tests/cpp -name '*.?pp' -exec clang-format --dry-run -Werror {} +; }
cpp_tests() {
  # A new compiler may warn about more; outside CI its warnings do not stop the tests.
  cmake --preset asan ${CI:+-DDT4ECG_WARNINGS_AS_ERRORS=ON} &&
    cmake --build --preset asan && ctest --preset asan
}
stubs() {
  python -m mypy.stubtest dt4ecg._core --mypy-config-file pyproject.toml \
    --allowlist tests/style/stubtest_allowlist.txt
}

step "Python style" ruff check .
step "Python format" ruff format --check .
step "C++ format" cpp_format
step "types" mypy
step "spelling" codespell
step "project metadata" validate-pyproject pyproject.toml
step "workflow files" check-jsonschema --builtin-schema vendor.github-workflows \
  .github/workflows/*.yml
if $fast; then
  step "quick Python tests" python -m pytest "${workers[@]}" -m "not slow"
  step "words" python tests/style/check_words.py
  exit
fi
step "stubs" stubs
step "C++ tests" cpp_tests
step "Python tests" python -m pytest "${workers[@]}"
step "examples in docstrings" python -m pytest "${workers[@]}" --doctest-modules --pyargs dt4ecg
step "notebooks" python -m pytest "${workers[@]}" --nbmake notebooks
step "documentation" python -m sphinx -W --keep-going -q -b html docs build/docs
step "words" python tests/style/check_words.py
