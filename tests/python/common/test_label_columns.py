"""Labels become one column per task, whatever container holds them."""

import numpy as np
import pandas as pd
import pytest
import torch

from dt4ecg._common.label_columns import as_columns, side_by_side

TASKS = ("identity", "activity")


class PolarsLike:
    """The parts of a polars frame that are used; polars is not installed everywhere."""

    class Column:
        def __init__(self, values):
            self.values = values

        def to_list(self):
            return list(self.values)

    def __init__(self, **columns):
        self._columns = columns
        self.columns = list(columns)
        self.shape = (len(next(iter(columns.values()))), len(columns))

    def __getitem__(self, name):
        return self.Column(self._columns[name])


def test_columns_keep_names_next_to_numbers():
    columns = as_columns([["Ann", 3], ["Bo", 4]], TASKS)
    assert columns.dtype == object
    assert columns.tolist() == [["Ann", 3], ["Bo", 4]]


def test_columns_of_tensors_and_of_one_task():
    assert as_columns(torch.tensor([[1, 2]]), TASKS).tolist() == [[1, 2]]
    assert as_columns([5, 6], ("identity",)).tolist() == [[5], [6]]
    with pytest.raises(ValueError, match=r"one column per task .* got the shape \(2,\)"):
        as_columns([5, 6], TASKS)
    with pytest.raises(ValueError, match=r"got the shape \(1, 3\)"):
        as_columns([[1, 2, 3]], TASKS)


def test_infinite_numbers_are_refused_and_nan_is_kept():
    with pytest.raises(ValueError, match="Input y contains infinity"):
        as_columns(np.array([[1.0, np.inf]]), TASKS)
    assert np.isnan(as_columns(np.array([[1.0, np.nan]]), TASKS)[0, 1])


@pytest.mark.parametrize("frame", [pd.DataFrame, lambda columns: PolarsLike(**columns)])
def test_the_columns_of_a_frame_are_matched_by_name(frame):
    y = frame({"activity": ["rest", "run"], "identity": ["Ann", "Bo"]})
    assert as_columns(y, TASKS).tolist() == [["Ann", "rest"], ["Bo", "run"]]


def test_integer_columns_stay_integers():
    y = pd.DataFrame({"activity": [1, 2], "identity": [3, 4]})
    columns = as_columns(y, TASKS)
    assert columns.dtype == np.int64
    assert columns.tolist() == [[3, 1], [4, 2]]
    mixed = as_columns(pd.DataFrame({"activity": [1, 2], "identity": ["Ann", "Bo"]}), TASKS)
    assert mixed.tolist() == [["Ann", 1], ["Bo", 2]]


def test_columns_without_names_are_taken_by_position():
    rows = [["Ann", "rest"], ["Bo", "run"]]
    assert as_columns(pd.DataFrame(rows), TASKS).tolist() == rows
    counted = PolarsLike(column_0=["Ann", "Bo"], column_1=["rest", "run"])
    assert as_columns(counted, TASKS).tolist() == rows
    with pytest.raises(ValueError, match=r"one column per task .* got the shape \(2, 2\)"):
        as_columns(pd.DataFrame(rows), ("identity",))


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["identity", "activty"], "it lacks 'activity' and it also has 'activty'; select"),
        (["identity"], "got 'identity': it lacks 'activity'; select"),
        (["identity", "activity", "day"], "it also has 'day'; select"),
        (["identity", "activity", "activity"], "a name occurs twice"),
        (["identity", 1], "it lacks 'activity' and it also has 1"),
    ],
)
def test_other_columns_are_refused_by_name(names, message):
    y = pd.DataFrame([["a"] * len(names)], columns=names)
    with pytest.raises(ValueError, match=message):
        as_columns(y, TASKS)


@pytest.mark.parametrize("dtype", ["category", "string", object])
def test_pandas_types_of_text(dtype):
    y = pd.DataFrame({"identity": pd.Series(["Ann", None], dtype=dtype)})
    first, second = as_columns(y, ("identity",))[:, 0]
    assert first == "Ann"
    assert pd.isna(second)


def test_polars_frames():
    polars = pytest.importorskip("polars")
    y = polars.DataFrame({"activity": ["rest", None], "identity": [1, 2]})
    assert as_columns(y, TASKS).tolist() == [[1, "rest"], [2, None]]
    assert as_columns(polars.DataFrame([[1, 2], [3, 4]]), TASKS).tolist() == [[1, 3], [2, 4]]
    assert as_columns(polars.Series(["Ann", None]), ("identity",)).tolist() == [["Ann"], [None]]


def test_columns_of_one_kind_stay_an_array_of_that_kind():
    names = side_by_side([np.array(["Ann", "Bo"]), np.array(["rest", "walk"])])
    assert names.dtype.kind == "U"
    assert names.tolist() == [["Ann", "rest"], ["Bo", "walk"]]
    mixed = side_by_side([np.array(["Ann", "Bo"]), np.array([3, 4])])
    assert mixed.dtype == object
    assert mixed.tolist() == [["Ann", 3], ["Bo", 4]]


def test_rows_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match=r"one column per task .* got the shape \(2,\)"):
        as_columns([["Ann", "rest"], ["Bo"]], TASKS)
