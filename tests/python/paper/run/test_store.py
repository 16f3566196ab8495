"""The files of finished cells."""

import os

import pytest
from support.reproduced import PLAN, result_of

from dt4ecg.paper.design import tables
from dt4ecg.paper.run.store import Store

CELL = tables.table_iv(PLAN).rows[0].cells[0]


def test_a_result_is_read_as_it_was_written(tmp_path):
    store, result = Store(tmp_path / "cells"), result_of(3, 4)
    assert store.read(CELL) is None
    store.write(CELL, result)
    assert store.read(CELL) == result
    assert [path.name for path in store.folder.iterdir()] == [store.path(CELL).name]


def test_a_pipe_in_place_of_a_cell_is_not_read(tmp_path):
    store = Store(tmp_path)
    os.mkfifo(store.path(CELL))
    with pytest.warns(UserWarning, match="not a regular file"):
        assert store.read(CELL) is None


def test_the_folder_cannot_be_a_file(tmp_path):
    (tmp_path / "cells").touch()
    with pytest.raises(ValueError, match="cells exists and is not a directory"):
        Store(tmp_path / "cells")
