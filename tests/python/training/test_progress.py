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


def record(validation: list[float]) -> SimpleNamespace:
    return SimpleNamespace(train_accuracy=[0.25, 0.5], validation_accuracy=validation)


@pytest.mark.parametrize(
    ("validation", "shown"),
    [
        ([0.75, NAN], "validation identity 0.750 activity nan"),
        ([NAN, NAN], "train identity 0.250 activity 0.500"),
    ],
)
def test_the_bar_shows_validation_data_if_there_are_any(output, validation, shown):
    with ProgressBar(("identity", "activity"), done=2, epochs=4, enabled=True) as bar:
        bar.update(record(validation))
    last = output.getvalue().split("\r")[-1]
    assert shown in last
    assert "3/4" in last


def test_a_disabled_bar_shows_nothing(output):
    with ProgressBar(("identity", "activity"), done=0, epochs=1, enabled=False) as bar:
        bar.update(record([NAN, NAN]))
    assert output.getvalue() == ""
