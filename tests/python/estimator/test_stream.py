"""A stream of predictions gives the bits of a complete recording, and refuses other models."""

import re

import numpy as np
import pytest
from support.recordings import RATE, recording

from dt4ecg import DT4ECGClassifier, Preprocessor

STREAMABLE = {"notch": 50, "zero_phase": False}


def fitted(leads: int = 1, tasks=("identity", "activity"), **settings) -> DT4ECGClassifier:
    preprocessor = Preprocessor(**(STREAMABLE | settings))
    X = preprocessor.transform(recording(40, leads), RATE)
    names = np.array([["Ann", "rest"], ["Bo", "run"], ["Cy", "rest"]], object)
    y = names[np.arange(len(X)) % 3, : len(tasks)]
    classifier = DT4ECGClassifier(
        tasks=tasks, recipe="strong", epochs=2, preprocessor=preprocessor, n_threads=1
    )
    return classifier.fit(X, y[:, 0] if len(tasks) == 1 else y)


@pytest.mark.parametrize("size", [37, 500, 2000, 20_000])
@pytest.mark.parametrize("leads", [1, 2])
def test_any_chunks_give_the_bits_of_the_whole_recording(leads, size):
    classifier, x = fitted(leads), recording(31.3, leads, seed=1)
    stream = classifier.stream(RATE)
    found = [one for i in range(0, x.shape[1], size) for one in stream.push(x[:, i : i + size])]
    labels, starts = classifier.predict_recording(x, RATE)
    identity, activity = classifier.predict_proba(classifier.segments_of(x, RATE)[0])
    assert len(found) == len(starts) == 10
    assert [one.start for one in found] == starts.tolist()
    assert [list(one.labels.values()) for one in found] == labels.tolist()
    assert np.array_equal([one.probabilities["identity"] for one in found], identity)
    assert np.array_equal([one.probabilities["activity"] for one in found], activity)


def test_a_single_task_has_the_same_form():
    classifier = fitted(tasks=("identity",))
    first, *_ = classifier.stream(RATE).push(recording(5))
    assert first.labels.keys() == first.probabilities.keys() == {"identity"}
    assert first.labels["identity"] in ("Ann", "Bo", "Cy")
    assert first.probabilities["identity"].sum() == pytest.approx(1)


def test_a_stream_goes_on_after_a_gap():
    stream, x = fitted().stream(RATE), recording(5)
    (first,) = stream.push(x)
    assert stream.push(x[:, :500]) == []
    stream.reset()
    (again,) = stream.push(x)
    assert again.start == first.start + 6  # seconds of samples before the gap
    assert np.array_equal(again.probabilities["identity"], first.probabilities["identity"])


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"normalize": "record"}, 'normalize="record", for'),
        ({"zero_phase": True}, "zero_phase=True, for"),
        (
            {"normalize": "record", "zero_phase": True},
            'normalize="record" and zero_phase=True, for',
        ),
    ],
)
def test_models_that_need_the_whole_recording_are_refused(settings, named):
    with pytest.raises(ValueError, match=rf"{re.escape(named)}.* --streamable"):
        fitted(**settings).stream(RATE)


def test_a_model_without_preprocessor_is_refused():
    classifier = fitted()
    classifier.preprocessor = None
    with pytest.raises(ValueError, match="stream: this model has no preprocessor"):
        classifier.stream(RATE)


def test_other_leads_are_refused():
    with pytest.raises(ValueError, match="fitted with segments"):
        fitted().stream(RATE).push(recording(5, leads=2))
