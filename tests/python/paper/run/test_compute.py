"""One cell: it equals a run of `dt4ecg.runs`, and a comparator sees only training segments."""

import json
import warnings
from dataclasses import replace

import numpy as np
import pytest

from dt4ecg import runs
from dt4ecg.paper import plan
from dt4ecg.paper.comparators import COMPARATORS
from dt4ecg.paper.design import published, tables
from dt4ecg.paper.design.cells import NetworkCell, key
from dt4ecg.paper.design.sources import segments
from dt4ecg.paper.run.compute import compute


def test_a_cell_equals_a_run(folder, tmp_path):
    laid_out = plan(data=str(folder), seeds=1, epochs=2)
    (cell,) = tables.dt4ecg_row(laid_out).cells
    ours = compute(cell)
    config = {"data": str(folder), "protocol": cell.protocol, "epochs": 2, "threads": 1}
    _, split = runs.load_and_split(config)
    runs.train(config, segments(cell.source), split, tmp_path)  # with the paper's preprocessing
    theirs = json.loads((tmp_path / "metrics.json").read_text())
    for task in ("identity", "activity"):
        assert ours.scores[task] == theirs[task]
        assert len(ours.predicted[task]) == len(ours.test) == theirs["n_test"]
    assert np.shape(ours.history["accuracy"]) == (2, 2)


@pytest.mark.parametrize("work", published.TABLE_II, ids=lambda work: work.comparator)
def test_only_training_rows_are_seen_before_the_test(work, monkeypatch):
    laid_out = plan(preset="quick", seeds=1)
    data = segments(laid_out.source)
    seen = []

    def fit(X, y, settings):
        seen.append((X, y, settings))

        def predict(X):
            seen.append(X)
            return np.full(len(X), y[0])

        return predict

    entry = COMPARATORS[work.comparator]
    monkeypatch.setitem(COMPARATORS, work.comparator, replace(entry, fit=fit, module=""))
    row = tables.table_ii(laid_out).rows[published.TABLE_II.index(work)]
    (cell,) = row.cells
    result = compute(cell)
    (X, y, settings), tested = seen
    train = np.setdiff1d(np.arange(len(data)), result.test)
    np.testing.assert_array_equal(X, data.X[train])
    np.testing.assert_array_equal(tested, data.X[result.test])
    column = data.tasks.index(work.task)
    np.testing.assert_array_equal(y, data.labels[train, column].astype(str))
    assert settings.sampling_rate == pytest.approx(100.0)
    assert result.n_train == len(train)
    assert set(result.scores) == {work.task}


@pytest.mark.filterwarnings("ignore")
def test_a_warning_of_each_cell_is_kept_once(monkeypatch):
    """A filter or an earlier cell that hides a warning does not change the result."""
    (cell,) = tables.table_ii(plan(preset="quick", seeds=1)).rows[0].cells

    def fit(X, y, settings):
        for _ in range(2):
            warnings.warn("the fit did not converge", RuntimeWarning, stacklevel=1)
        return lambda X: np.full(len(X), y[0])

    entry = COMPARATORS[cell.comparator]
    monkeypatch.setitem(COMPARATORS, cell.comparator, replace(entry, fit=fit, module=""))
    for _ in range(2):
        assert compute(cell).warnings == ["the fit did not converge"]


def test_other_data_are_other_cells():
    (cell,) = tables.dt4ecg_row(plan(preset="quick", seeds=1)).cells
    assert isinstance(cell, NetworkCell)
    other = replace(cell, source=replace(cell.source, sha256="0" * 64))
    assert key(other) != key(cell)
    with pytest.raises(ValueError, match="differ from those of the plan"):
        compute(other)
