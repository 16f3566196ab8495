"""The check of torch's release."""

import sys

import pytest
import torch

from dt4ecg._common import torch_check


@pytest.fixture
def built(monkeypatch):
    """Let the core be compiled against torch 2.13.0."""
    monkeypatch.setattr(torch_check, "_built_version", lambda: "2.13.0")
    return "2.13.0"


def installed_torch(folder, monkeypatch, version_file: str) -> None:
    """Let a folder with this version.py be the torch that Python finds."""
    (folder / "torch").mkdir()
    (folder / "torch" / "__init__.py").write_text("raise RuntimeError('torch was imported')")
    (folder / "torch" / "version.py").write_text(version_file)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, "torch")


def test_version_of_torch_is_read_without_importing_it(tmp_path, monkeypatch):
    installed_torch(tmp_path, monkeypatch, "__version__ = '2.12.1+cpu'\ndebug = False\n")
    with pytest.raises(ImportError, match=r"torch 2\.12\.1\+cpu is installed; either compile"):
        torch_check.check()


def test_the_right_torch_passes_without_importing_it(tmp_path, monkeypatch, built):
    installed_torch(tmp_path, monkeypatch, f"__version__ = '{built}'\n")
    torch_check.check()


def test_a_torch_that_another_thread_is_importing_passes(monkeypatch):
    monkeypatch.delattr(torch, "__version__")  # torch sets it late in its import
    torch_check.check()


def test_a_torch_that_cannot_be_loaded_is_reported(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ImportError, match=r"needs torch .* cannot be imported .*; install it with"):
        torch_check.import_torch()


@pytest.mark.parametrize("tag", ["", "+cpu", "+cu130", ".post1"])
def test_local_tags_of_the_right_torch_do_not_matter(tag, monkeypatch, built):
    monkeypatch.setattr(torch, "__version__", built + tag)
    torch_check.check()


def test_another_torch_is_refused(monkeypatch, built):
    monkeypatch.setattr(torch, "__version__", "2.12.1+cpu")
    with pytest.raises(ImportError, match=r"torch 2\.12\.1\+cpu is installed; either compile"):
        torch_check.check()


def test_importing_another_torch_is_refused(monkeypatch):
    assert torch_check.import_torch() is torch
    monkeypatch.setattr(torch, "__version__", "2.12.1+cpu")
    with pytest.raises(ImportError, match=r"torch 2\.12\.1\+cpu is installed; either compile"):
        torch_check.import_torch()


def test_a_missing_torch_is_reported(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ImportError, match=r"needs torch .* no torch can be imported; install it"):
        torch_check.check()


def test_another_patch_release_of_torch_passes(monkeypatch, built):
    monkeypatch.setattr(torch, "__version__", "2.13.4+cpu")
    torch_check.check()


def test_the_build_is_recorded():
    from dt4ecg import _core

    assert torch_check._built_version() == _core.torch_version


def test_a_package_that_is_not_compiled_is_reported(monkeypatch):
    monkeypatch.setitem(sys.modules, "dt4ecg._common._built_torch", None)
    with pytest.raises(ImportError, match=r"dt4ecg is not compiled; install it with pip install"):
        torch_check.check()
