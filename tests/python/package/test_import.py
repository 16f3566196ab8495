"""Importing: light, and clear about the torch it needs."""

import subprocess
import sys

import pytest
import torch

import dt4ecg
from dt4ecg._common import torch_check

HEAVY = ("sklearn", "scipy", "matplotlib", "tqdm", "pandas", "wfdb", "pooch")


def test_import_loads_nothing_heavy():
    script = (
        "import sys, torch\n"
        "before = set(sys.modules)\n"
        "import dt4ecg\n"
        f"print(sorted(set({HEAVY}) & (set(sys.modules) - before)))"
    )
    path = str(next(iter(dt4ecg.__path__)) + "/..")
    found = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": path, "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == "[]"


def test_every_public_name_is_there():
    for name in dt4ecg.__all__:
        assert getattr(dt4ecg, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'absent'"):
        _ = dt4ecg.absent


@pytest.mark.parametrize("tag", ["", "+cpu", "+cu130"])
def test_local_tags_of_the_right_torch_do_not_matter(tag, monkeypatch):
    monkeypatch.setattr(torch, "__version__", torch_check.REQUIRED + tag)
    torch_check.check()


def test_another_torch_is_refused_in_one_sentence(monkeypatch):
    monkeypatch.setattr(torch, "__version__", "2.12.1+cpu")
    with pytest.raises(ImportError, match=r"found 2\.12\.1\+cpu; install it with: pip install"):
        torch_check.check()


def test_no_torch_is_said_in_one_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ImportError, match=r"needs torch .* cannot be imported; install it with"):
        torch_check.check()


def test_build_info_names_what_a_bug_report_needs():
    info = dt4ecg.build_info()
    assert info["torch_built_against"].startswith(torch_check.REQUIRED)
    assert set(info) >= {"dt4ecg", "python", "torch", "compiler", "processor", "instructions"}
    assert all(info.values())
