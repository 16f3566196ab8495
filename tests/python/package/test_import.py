"""Importing the package is cheap."""

import importlib
import pkgutil
import subprocess
import sys

import pytest
import torch

import dt4ecg
from dt4ecg._common import torch_check

pytestmark = pytest.mark.slow  # each test starts Python again

HEAVY = ("sklearn", "scipy", "matplotlib", "tqdm", "pandas", "wfdb", "pooch")


def run_python(script: str) -> str:
    """Return the output of a script in a new interpreter that finds this package alone."""
    path = str(next(iter(dt4ecg.__path__)) + "/..")
    found = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": path, "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    return found.stdout.strip()


@pytest.mark.parametrize(
    "statement",
    [
        "import dt4ecg",
        "from dt4ecg import io, datasets; datasets.DATASETS",
        "from dt4ecg.cli import parser; parser().format_help()",
    ],
)
def test_torch_and_the_core_are_not_imported_without_need(statement):
    script = (
        f"import sys; {statement}\n"
        f"print(sorted(set({('torch', 'dt4ecg._core', *HEAVY)}) & set(sys.modules)))"
    )
    assert run_python(script) == "[]"


def test_heavy_libraries_are_not_imported_without_need():
    script = (
        "import sys, dt4ecg.datasets, dt4ecg.metrics, dt4ecg.plots, dt4ecg.protocols\n"
        f"print(sorted(set({HEAVY}) & set(sys.modules)))"
    )
    assert run_python(script) == "[]"


def test_the_core_imports_torch_first():
    assert run_python("from dt4ecg import _core; print('resnet' in _core.nn.backbones())") == "True"


def test_version_is_that_of_the_core():
    assert dt4ecg.__version__ == dt4ecg._core.__version__


def test_every_public_name_is_there():
    assert dir(dt4ecg) == sorted(dt4ecg.__all__)
    for name in dt4ecg.__all__:
        assert getattr(dt4ecg, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'absent'"):
        _ = dt4ecg.absent


def test_every_folder_is_a_public_name():
    folders = {found.name for found in pkgutil.iter_modules(dt4ecg.__path__) if found.ispkg}
    public = {name for name in folders if not name.startswith("_")} - {"cli", "tests"}
    assert public <= set(dt4ecg.__all__)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("comparators", "paper.comparators"),
        ("preprocessing", "signal.preprocessor"),
        ("recipes", "training.recipes"),
        ("reproduce", "paper"),
        ("serialization", "storage.container"),
    ],
)
def test_renamed_modules_warn_and_work(old, new):
    with pytest.warns(DeprecationWarning, match=rf"dt4ecg\.{old} was renamed; use dt4ecg\.{new}"):
        found = getattr(dt4ecg, old)
    assert found is importlib.import_module(f"dt4ecg.{new}")


def test_build_info_names_what_a_bug_report_needs():
    info = dt4ecg.build_info()
    assert info["torch_built_against"].startswith(torch_check._built_version())
    assert set(info) == {
        "dt4ecg",
        "python",
        "torch",
        "torch_built_against",
        "compiler",
        "processor",
        "instructions",
        "threads",
    }
    assert (info["dt4ecg"], info["torch"]) == (dt4ecg.__version__, torch.__version__)
    assert all(info.values())
