"""Each comparator learns from training segments and predicts each segment separately."""

import importlib.util
import sys

import numpy as np
import pytest

from dt4ecg.paper import plan
from dt4ecg.paper.comparators import COMPARATORS, FitSettings
from dt4ecg.paper.design import published, tables

RATE = 100.0
SETTINGS = FitSettings(RATE, seed=0, epochs=12)


@pytest.fixture(scope="module")
def waves():
    """Return three kinds of noisy waves (60, 1, 120), easy to distinguish, and their names."""
    rng = np.random.default_rng(0)
    kinds = np.arange(60) % 3
    time = np.arange(120) / RATE
    x = np.sin(2 * np.pi * np.array([2, 5, 11])[kinds][:, None] * time + rng.random((60, 1)) * 6)
    x += 0.2 * rng.normal(size=x.shape)
    return x[:, None].astype(np.float32), np.array(["a", "b", "c"])[kinds]


@pytest.fixture(scope="module", autouse=True)
def small_ensembles():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dt4ecg.paper.comparators.nearest_neighbours._TRIALS", 1)
        yield


def test_the_table_is_the_papers():
    assert [work.comparator for work in published.TABLE_II] == list(COMPARATORS)
    assert all(COMPARATORS[work.comparator].task == work.task for work in published.TABLE_II)


@pytest.mark.slow
@pytest.mark.parametrize("name", COMPARATORS)
def test_learns_and_predicts_each_segment_by_itself(waves, name):
    if COMPARATORS[name].missing():
        pytest.skip(COMPARATORS[name].missing())
    X, y = waves
    fit = COMPARATORS[name].fit
    predict = fit(X[:42], y[:42], SETTINGS)
    predicted = predict(X[42:])
    assert (predicted == y[42:]).mean() > 0.8
    alone = [predict(X[i : i + 1])[0] for i in range(42, 60)]
    assert alone == predicted.tolist()
    again = fit(X[:42], y[:42], SETTINGS)(X[42:])
    assert again.tolist() == predicted.tolist()


def test_without_the_package_the_row_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    row = tables.table_ii(plan(preset="quick", seeds=1)).rows[1]
    assert row.cells == ()
    assert row.note == 'not installed: pip install "dt4ecg[comparators]"'
    monkeypatch.setitem(sys.modules, "PyEMD", None)
    with pytest.raises(ImportError, match="dt4ecg\\[comparators\\]"):
        COMPARATORS["eemd_knn"].fit(np.zeros((2, 1, 64)), np.array(["a", "b"]), SETTINGS)
