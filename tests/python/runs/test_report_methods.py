"""The methods paragraph of a report: recipes, overlap, early stopping, confounders, first model."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from dt4ecg import DT4ECGClassifier, Preprocessor, datasets, protocols
from dt4ecg.runs.reporting.methods import methods
from dt4ecg.runs.reporting.predictions import _names
from dt4ecg.training import Deconfounding, EarlyStopping, TrainingSettings


@pytest.fixture(scope="module")
def data():
    recordings = datasets.simulate_cohort(
        subjects=2, activities=("rest", "exercise"), seconds=15, sampling_rate=250, seed=0
    )
    return datasets.from_recordings(recordings, Preprocessor(overlap=2 / 3))


@pytest.fixture(scope="module")
def cut(data):
    """Return the set and split of a training with overlap, as ``dt4ecg train`` makes them."""
    rows = protocols.non_overlapping(data)
    split = protocols.overlapping_training(data, rows, protocols.split(data[rows], "blocked"))
    return data, split


@pytest.fixture(scope="module")
def fitted(cut):
    data, split = cut
    classifier = DT4ECGClassifier(epochs=2, preprocessor=Preprocessor(), n_threads=1)
    return classifier.fit(
        data.X[split.train],
        data.labels[split.train],
        confounders={"place": np.arange(len(split.train)) % 2},
    )


def text_of(classifier, cut, preprocessor=None):
    data, split = cut
    if preprocessor is not None:
        data = replace(data, preprocessor=preprocessor)
    return methods(classifier, data, split, protocols.leak_report(data, split), {}).text


@pytest.fixture
def changed(fitted):
    before = fitted.get_params(deep=False)
    yield lambda **parameters: fitted.set_params(**parameters)
    fitted.set_params(**before)


def test_the_overlap_of_the_training_segments_is_stated(fitted, cut):
    found = text_of(fitted, cut, Preprocessor(overlap=0.0))
    assert "of 3 s without overlap" in found
    assert "Training segments overlap by 67%." in found
    assert "Training segments overlap" not in text_of(fitted, cut, Preprocessor(overlap=2 / 3))


def test_guidance_is_part_of_the_loss(changed, cut):
    assert "sum of the tasks' cross-entropies" in text_of(changed(), cut)
    found = text_of(changed(recipe="guided"), cut)
    assert "sum of the tasks' losses" in found
    assert "cross-entropies" not in found
    assert "1 - NCC was added" in found
    assert "features of the rhythm was added with the weight 0.1" in found


def test_the_exchange_needs_its_task(changed, cut):
    sentence = "50% of the segments took the slow part, below 1 to 4 Hz,"
    assert sentence in text_of(changed(recipe="robust"), cut)
    assert sentence not in text_of(changed(recipe="strong"), cut)


def test_confounders_are_named(changed, cut):
    found = text_of(changed(), cut)
    assert "against 1 confounder (place) by the method confusion with strength 1 [" in found
    found = text_of(changed(deconfounding=Deconfounding("reversal", 0.5)), cut)
    assert "by the method reversal with strength 0.5 [" in found


def test_the_first_model_is_named_without_its_folder(changed, cut):
    assert "started from" not in text_of(changed(), cut)
    found = text_of(changed(init="/private/folder/first.safetensors"), cut)
    assert "The training started from the parameters of first.safetensors." in found
    assert "private" not in found
    assert "of SimpleNamespace." in text_of(changed(init=SimpleNamespace()), cut)


def test_training_stopped_early_only_if_epochs_are_missing(changed, cut):
    settings = TrainingSettings(early_stopping=EarlyStopping("loss", 5))
    found = text_of(changed(settings=settings), cut)
    assert "stopped early" not in found
    assert "The best epoch by the validation loss [" in found
    assert "Training stopped early [" in text_of(changed(settings=settings, epochs=9), cut)


def test_numbers_that_are_names_are_no_indices():
    names = [str(rating) for rating in range(1, 10)]
    assert _names(np.arange(1, 9), names) == names[:8]
    assert _names(np.arange(3), ["Ann", "Bo", "Cy"]) == ["Ann", "Bo", "Cy"]
