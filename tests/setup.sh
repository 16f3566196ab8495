#!/usr/bin/env bash
# Prepares this checkout for tests/run.sh: installs the Debian packages that are missing, creates
# .venv and installs the package with its test tools there. Only this script changes the machine;
# without root it uses sudo, which may ask for a password. PYTHON=FILE chooses the interpreter.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}

compiles() { echo "#include <$1>" | c++ -std=c++20 -E -x c++ - >/dev/null 2>&1; }
missing=()
if ! command -v "$python" >/dev/null; then
  missing+=(python3 python3-dev python3-venv)
else
  "$python" -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
  "$python" -c 'import os, sysconfig as s; os.stat(s.get_path("include") + "/Python.h")' \
    2>/dev/null || missing+=(python3-dev)
fi
command -v c++ >/dev/null && compiles version || missing+=(g++)
command -v c++ >/dev/null && compiles gtest/gtest.h || missing+=(libgtest-dev)

root=()
if [ "$(id -u)" -ne 0 ]; then root=(sudo); fi
install() {
  "${root[@]}" apt-get update -qq &&
    DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -y -qq "$@"
}
if [ ${#missing[@]} -gt 0 ]; then
  if ! command -v apt-get >/dev/null || ! command -v "${root[0]:-true}" >/dev/null; then
    echo "setup: install the equivalents of these Debian packages, then run this again:" \
      "${missing[*]}" >&2
    exit 1
  fi
  echo "setup: installing ${missing[*]}"
  install "${missing[@]}"
fi
if ! command -v chromium >/dev/null && ! command -v google-chrome >/dev/null &&
  [ "$(. /etc/os-release 2>/dev/null && echo "${ID:-}")" = debian ]; then
  echo "setup: installing chromium for the test of the viewer"
  install chromium || echo "setup: no browser; the test of the viewer will be skipped"
fi

if [ ! -x .venv/bin/python ]; then "$python" -m venv .venv; fi
# PyTorch for the CPU, as in the README. PIP_EXTRA_INDEX_URL, even empty, chooses another index.
if [ -z "${PIP_EXTRA_INDEX_URL+set}" ] &&
  "$python" -c 'import socket; socket.getaddrinfo("download.pytorch.org", 443)' 2>/dev/null; then
  export PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu
fi
# The extension is compiled against the torch of the environment. An empty one gets the release of isolated builds.
.venv/bin/python -c 'import torch' 2>/dev/null ||
  .venv/bin/pip install --quiet "$(sed -n 's/^requires = .*"\(torch==[0-9.]*\)".*/\1/p' pyproject.toml)"
.venv/bin/pip install --quiet scikit-build-core cmake ninja
options=(--quiet --no-build-isolation)
if .venv/bin/pip list --editable 2>/dev/null | grep '^dt4ecg ' >/dev/null; then
  options+=(--editable)  # a copy would hide later changes of the sources
fi
.venv/bin/pip install "${options[@]}" ".[test]"
echo "setup: done; run the checks with: bash tests/run.sh"
