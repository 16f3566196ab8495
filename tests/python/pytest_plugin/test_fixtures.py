"""The fixtures for other test suites, in pytest runs of their own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import dt4ecg

ROOT = Path(__file__).parents[3]
PACKAGES = Path(dt4ecg.__file__).parents[1]  # the tested package: the installed one, or the sources

SUITE = """
import numpy as np

def test_cohort(dt4ecg_recordings, dt4ecg_cohort):
    assert len(dt4ecg_recordings) == 4
    assert dt4ecg_cohort.X.shape == (40, 1, 300)
    assert dt4ecg_cohort.simulated
    assert dt4ecg_cohort.classes == {"identity": ["S01", "S02"], "activity": ["exercise", "rest"]}

def test_model(dt4ecg_model, dt4ecg_cohort, dt4ecg_recordings):
    assert dt4ecg_model.predict(dt4ecg_cohort.X).shape == (40, 2)
    labels, starts = dt4ecg_model.predict_recording(dt4ecg_recordings[0])
    assert len(labels) == len(starts) == 10

def test_trainer(dt4ecg_trainer, dt4ecg_cohort):
    def trained(**settings):
        trainer = dt4ecg_trainer(**settings).fit(dt4ecg_cohort.X, dt4ecg_cohort.y)
        return trainer.history["train"]["loss"]
    first = trained(seed=1, epochs=1, weighting="chen2018")
    assert first.shape == (1, 2)
    np.testing.assert_array_equal(first, trained(seed=1, epochs=1, weighting="chen2018"))
    assert (first != trained(seed=2, epochs=1, weighting="chen2018")).any()
"""

UNUSED = """
import sys

def test_nothing_is_imported_before_a_fixture_is_used():
    assert not {"torch", "dt4ecg", "numpy"} & set(sys.modules)
"""


def run(folder: Path, suite: str, *options: str) -> subprocess.CompletedProcess:
    (folder / "test_suite.py").write_text(suite)
    options = (*options, "-p", "dt4ecg_pytest", "-p", "no:cacheprovider", "-q")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-c", os.devnull, "--rootdir", ".", *options],
        cwd=folder,
        env=os.environ
        | {
            "PYTHONPATH": os.pathsep.join([str(PACKAGES), os.environ.get("PYTHONPATH", "")]),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "OMP_NUM_THREADS": "1",
        },
        capture_output=True,
        text=True,
    )


@pytest.mark.slow
def test_the_suite_of_the_page_passes(tmp_path):
    page = (ROOT / "docs" / "pytest-plugin.md").read_text(encoding="utf-8")
    suite = page.partition("```python\n")[2].partition("```")[0]
    done = run(tmp_path, suite, "-W", "error")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 passed" in done.stdout


@pytest.mark.slow
def test_the_fixtures_work_in_another_suite_where_warnings_are_errors(tmp_path):
    done = run(tmp_path, SUITE, "-W", "error")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout


def test_the_plugin_imports_nothing_before_a_fixture_is_used(tmp_path):
    done = run(tmp_path, UNUSED)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_fixtures_are_listed_with_their_descriptions(tmp_path):
    listed = run(tmp_path, UNUSED, "--fixtures").stdout
    for name in ("dt4ecg_recordings", "dt4ecg_cohort", "dt4ecg_model", "dt4ecg_trainer"):
        assert name in listed
    assert "4 simulated recordings of 30 s at 250 Hz" in listed


def test_the_entry_point_names_the_plugin():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert '[project.entry-points.pytest11]\ndt4ecg = "dt4ecg_pytest"\n' in text
