"""The grid computes missing cells, with any executor, and keeps each result at once."""

from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace

import pytest

from dt4ecg.paper import plan
from dt4ecg.paper.design import tables
from dt4ecg.paper.design.cells import key
from dt4ecg.paper.design.rows import network_row
from dt4ecg.paper.run import grid
from dt4ecg.paper.run.executors import InProcess, executor
from dt4ecg.paper.run.store import Store


@pytest.fixture(scope="module")
def quick():
    return plan(preset="quick", seeds=1, epochs=1)


def test_a_pool_that_stays_broken_fails_its_cells(quick, tmp_path):
    class Broken(ThreadPoolExecutor):
        def submit(self, *_, **__):
            raise BrokenProcessPool("killed")

    cells = tables.table_iv(quick).rows[0].cells
    with pytest.warns(UserWarning, match="tried again"):
        results, failures = grid.run(cells, Store(tmp_path), Broken(1), progress=False)
    assert not results
    assert "BrokenProcessPool: killed" in failures[cells[0]]


def test_a_cell_that_cannot_be_kept_is_reported_before_any_is_computed(quick, tmp_path):
    store = Store(tmp_path)
    first, second = (row.cells[0] for row in tables.table_iv(quick).rows[:2])
    store.path(second).mkdir()
    with (
        pytest.warns(UserWarning, match="Is a directory"),
        pytest.raises((OSError, ValueError), match="regular file"),
    ):
        grid.run([first, second], store, InProcess(), progress=False)
    assert not store.path(first).exists()


@pytest.mark.parametrize("damage", ["cut", "empty", "changed", "other"])
def test_a_damaged_cell_is_computed_again(quick, tmp_path, damage):
    cells = tables.table_iv(quick).row(tables.WITHOUT).cells
    store = Store(tmp_path)
    results, _ = grid.run(cells, store, InProcess(), progress=False)
    path = store.path(cells[0])
    text = path.read_text()
    path.write_text(
        {
            "cut": text[: len(text) // 2],
            "empty": "",
            "changed": text.replace('"n_train":38', '"n_train":39'),
            "other": text.replace('"seed":0', '"seed":7', 1),
        }[damage]
    )
    with pytest.warns(UserWarning, match="counts as unfinished"):
        again, _ = grid.run(cells, store, InProcess(), progress=False)
    assert again[cells[0]].predicted == results[cells[0]].predicted
    assert store.read(cells[0]) == again[cells[0]]


def test_a_part_that_cannot_be_built_fails_only_its_cells(quick, tmp_path, monkeypatch):
    from dt4ecg.nn import registry

    def broken(channels, length):
        raise RuntimeError("no such attention")

    monkeypatch.setattr(registry, "_python_attentions", {"broken": (broken, "")})
    complete = tables.table_iv(quick).row(tables.WITHOUT).cells
    failing = network_row(quick, "broken", attention="broken").cells
    results, failures = grid.run([*failing, *complete], Store(tmp_path), InProcess())
    assert tuple(results) == complete
    assert tuple(failures) == failing
    assert "no such attention" in failures[failing[0]]


def predictions(cells, tmp_path, name, chosen):
    results, failures = grid.run(cells, Store(tmp_path / name), chosen, progress=False)
    assert not failures
    return {key(cell): results[cell].predicted for cell in cells}


@pytest.mark.slow
def test_every_executor_gives_the_same_predictions(quick, tmp_path):
    cells = [cell for row in tables.table_iv(quick).rows for cell in row.cells][:3]
    here = predictions(cells, tmp_path, "here", InProcess())
    with executor(2) as pool:
        assert predictions(cells, tmp_path, "processes", pool) == here
    with ThreadPoolExecutor(2) as any_other:
        assert predictions(cells, tmp_path, "threads", any_other) == here


def test_a_cell_of_another_split_is_computed_again(quick, tmp_path):
    (cell, *_) = tables.table_iv(quick).rows[0].cells
    results, _ = grid.run([cell], Store(tmp_path), InProcess(), progress=False)
    elsewhere = replace(results[cell], recordings=results[cell].recordings[::-1])
    Store(tmp_path).write(cell, elsewhere)
    with pytest.warns(UserWarning, match="was tested on other segments"):
        again, _ = grid.run([cell], Store(tmp_path), InProcess(), progress=False)
    assert again[cell].recordings == results[cell].recordings
    assert again[cell].predicted == results[cell].predicted
