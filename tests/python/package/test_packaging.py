"""Source archives and wheels hold our sources, without built files and recordings."""

import importlib.metadata
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
WEIGHTS = [
    "python/dt4ecg/biometrics/weights/identity-cohort.safetensors",
    "python/dt4ecg/biometrics/weights/identity-encoder.safetensors",
    "python/dt4ecg/training/pretraining/weights/ecg-encoder.safetensors",
]
SIGNALS = (".dat", ".hea", ".atr", ".npz", ".npy", ".csv", ".edf", ".mat")


def holds_signals(name: str) -> bool:
    return name.endswith(SIGNALS) and "tests/data/" not in name


@pytest.mark.slow
def test_sdist_holds_sources_alone(tmp_path):
    pytest.importorskip("scikit_build_core", reason="pip install scikit-build-core")
    subprocess.run(
        [
            sys.executable,
            "-c",
            f"from scikit_build_core.build import build_sdist; build_sdist({str(tmp_path)!r})",
        ],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        names = [name.split("/", 1)[1] for name in tar.getnames() if "/" in name]
    for needed in (
        "pyproject.toml",
        "CMakeLists.txt",
        "LICENSE",
        "README.md",
        "cpp/cmake/Torch.cmake",
        "cpp/bindings/module.cpp",
        "python/dt4ecg/py.typed",
        "python/dt4ecg/_core/__init__.pyi",
        "tests/run.sh",
        "tests/setup.sh",
    ):
        assert needed in names
    assert not [name for name in names if holds_signals(name)]
    assert not [n for n in names if n.endswith((".so", ".pyc")) or "build/" in n]
    assert sorted(n for n in names if n.endswith(".safetensors")) == WEIGHTS


def test_wheel_holds_the_package_alone():
    try:
        files = importlib.metadata.files("dt4ecg")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("dt4ecg runs from its sources here, it is not installed")
    names = [str(file) for file in files]
    if not any(name.startswith("dt4ecg/_core.") for name in names):
        pytest.skip("an editable install has no wheel's files")
    tops = {name.split("/")[0] for name in names if not name.startswith("..")}
    assert all(top.startswith("dt4ecg") for top in tops), tops
    assert "dt4ecg/py.typed" in names
    assert {weights.removeprefix("python/") for weights in WEIGHTS} <= set(names)
    assert "dt4ecg/_core/signal.pyi" in names
    assert not [name for name in names if holds_signals(name)]
