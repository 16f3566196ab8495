"""The history: one row per epoch, one column per task."""

import pickle
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


def test_the_frame_has_a_row_for_each_epoch_and_task():
    history = from_records([record(1), record(2, skipped=3)], ("a", "b"), validated=True)
    frame = history.to_frame()
    assert list(frame) == [
        *("epoch", "task", "train_loss", "train_accuracy", "validation_loss"),
        *("validation_accuracy", "weight", "gradient_norm", "skipped_steps"),
    ]
    assert frame["epoch"].tolist() == [1, 1, 2, 2]
    assert frame["task"].tolist() == ["a", "b", "a", "b"]
    assert frame["train_loss"].tolist() == [1.1, 1.2, 2.1, 2.2]
    assert frame["validation_accuracy"].tolist() == [0.3, 0.4, 0.3, 0.4]
    assert frame["gradient_norm"].tolist() == [6, 7, 7, 8]
    assert frame["skipped_steps"].tolist() == [0, 0, 3, 3]
    unvalidated = from_records([record(1, validated=False)], ("a", "b"), validated=False)
    assert "validation_loss" not in unvalidated.to_frame()
    assert len(from_records([], ("a", "b"), validated=True).to_frame()) == 0


def test_the_html_shows_the_last_epoch():
    html = from_records([record(1), record(2)], ("a", "<b>"), validated=True)._repr_html_()
    assert "The last of 2 finished epochs" in html
    assert all(f">{text}<" in html for text in ("2.1", "2.3", "0.5", "gradient norm", "&lt;b&gt;"))
    assert ">1.1<" not in html
    assert "No epoch is finished" in from_records([], ("a",), validated=False)._repr_html_()


def test_a_history_is_a_dictionary_that_can_be_copied():
    history = from_records([record(1)], ("a", "b"), validated=False)
    copied = pickle.loads(pickle.dumps(history))
    assert copied.to_frame().equals(history.to_frame())
    assert isinstance(history, dict)
