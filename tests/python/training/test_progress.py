"""The progress bar shows the accuracies of the last epoch."""

import io
from types import SimpleNamespace

import pytest
import tqdm.auto

from dt4ecg.training.progress import ProgressBar

NAN = float("nan")


@pytest.fixture
def output(monkeypatch):
    stream = io.StringIO()
    bar = tqdm.auto.tqdm
    monkeypatch.setattr(
        tqdm.auto, "tqdm", lambda **options: bar(file=stream, disable=False, **options)
    )
    return stream


def record(**values: list[float]) -> SimpleNamespace:
    names = ("train_loss", "train_accuracy", "validation_loss", "validation_accuracy")
    return SimpleNamespace(**{name: values.get(name, [NAN, NAN]) for name in names})


TRAIN = {"train_loss": [1.5, 2.5], "train_accuracy": [0.25, 0.5]}


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        (TRAIN, "train identity 0.250 activity 0.500"),
        (TRAIN | {"validation_accuracy": [0.75, NAN]}, "validation identity 0.750 activity nan"),
        (TRAIN | {"validation_loss": [3.5, 4.5]}, "validation loss identity 3.500 activity 4.500"),
        ({"train_loss": [1.5, NAN]}, "train loss identity 1.500 activity nan"),
        ({}, "train loss identity nan activity nan"),
    ],
)
def test_the_bar_prefers_validation_data_and_accuracies(output, values, shown):
    with ProgressBar(("identity", "activity"), done=2, epochs=4, enabled=True) as bar:
        bar.update(record(**values))
    last = output.getvalue().split("\r")[-1]
    assert f", {shown}]" in last
    assert "3/4" in last


def test_a_disabled_bar_shows_nothing(output):
    with ProgressBar(("identity", "activity"), done=0, epochs=1, enabled=False) as bar:
        bar.update(record())
    assert output.getvalue() == ""
