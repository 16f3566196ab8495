"""The history: one row per epoch, one column per task."""

from types import SimpleNamespace

import numpy as np

from dt4ecg.training.history import from_columns, from_records, to_columns

NAN = float("nan")


def record(epoch: int, validated: bool = True, skipped: int = 0) -> SimpleNamespace:
    return SimpleNamespace(
        train_loss=[epoch + 0.1, epoch + 0.2],
        train_accuracy=[0.1, 0.2],
        validation_loss=[epoch + 0.3, epoch + 0.4] if validated else [NAN, NAN],
        validation_accuracy=[0.3, 0.4] if validated else [NAN, NAN],
        weight=[0.5, 1.5],
        gradient_norm=[epoch + 5, epoch + 6],
        skipped_steps=skipped,
    )


def test_records_become_rows():
    history = from_records([record(1), record(2, skipped=3)], ("a", "b"), validated=True)
    assert history["tasks"] == ("a", "b")
    assert history["epoch"].tolist() == [1, 2]
    assert history["train"]["loss"].tolist() == [[1.1, 1.2], [2.1, 2.2]]
    assert history["train"]["accuracy"].tolist() == [[0.1, 0.2], [0.1, 0.2]]
    assert history["validation"]["loss"].tolist() == [[1.3, 1.4], [2.3, 2.4]]
    assert history["validation"]["accuracy"].tolist() == [[0.3, 0.4], [0.3, 0.4]]
    assert history["weight"].tolist() == [[0.5, 1.5], [0.5, 1.5]]
    assert history["gradient_norm"].tolist() == [[6, 7], [7, 8]]
    assert history["skipped_steps"].tolist() == [0, 3]


def test_without_validation_data_there_is_no_validation_part():
    records = [record(1, validated=False)]
    assert from_records(records, ("a", "b"), validated=False)["validation"] is None
    assert from_records(records, ("a", "b"), validated=True)["validation"] is not None


def test_without_epochs_the_columns_are_empty():
    history = from_records([], ("a", "b", "c"), validated=True)
    assert history["validation"]["loss"].shape == (0, 3)
    assert history["skipped_steps"].dtype == int


def test_columns_of_a_file_give_the_history_back():
    for validated in (True, False):
        history = from_records([record(1, validated), record(2, validated)], ("a", "b"), validated)
        np.testing.assert_equal(from_columns(to_columns(history), ("a", "b")), history)
