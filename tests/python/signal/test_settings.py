"""Settings keep their values on every way, and illegal ones are refused."""

import copy
import json
import pickle

import numpy as np
import pytest
from support.recordings import RATE, mains50, recording

from dt4ecg import Preprocessor

GOOD = recording(4)


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"nan": "skip"}, "^nan: must be one of .*interpolate.*drop.*raise.*, got 'skip'"),
        ({"normalize": "z"}, "^normalize: must be one of .*'training', None.*, got 'z'"),
        ({"normalize": "none"}, "got 'none'"),
        ({"overlap": 1.0}, "overlap"),
        ({"highpass": "0.5"}, "highpass: expects a finite number"),
        ({"highpass_order": 0}, "^Preprocessor: highpass_order must be .* got 0"),
        ({"highpass_order": 21}, "at least 1 and at most 20, got 21"),
        ({"highpass_order": 2.5}, "highpass_order must be an integer .* got 2.5"),
        ({"target_rate": 0}, "target_rate must be"),
        ({"normalize": "training"}, 'normalize="training" needs fit'),
        ({"highpass": 1e-6}, "cutoff must be at least 0.0005 Hz at 500 Hz"),
        ({"highpass": None, "notch": 1e-7}, "frequency must be at least 0.0005 Hz at 500 Hz"),
        ({"notch_quality": 0}, "quality must be above"),
        ({"segment_seconds": -1}, "got -1 s"),
        ({"max_interpolate_seconds": -0.1}, "hole to bridge is 0 to 3600 s, got -0.1"),
        ({"max_interpolate_seconds": None}, "^max_interpolate_seconds: expects a finite number"),
    ],
)
def test_illegal_settings_are_refused(settings, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        Preprocessor(**settings).transform(GOOD, 500)


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ({"rate": 3}, "^Preprocessor: no setting 'rate'; there are target_rate, highpass, notch"),
        ({"overlap": None}, "^overlap: expects a finite number"),
        ({"nan": 3}, "^nan: must be one of"),
        ({"limits": [1, 2]}, "^limits: expects one finite .* per lead, got"),
        ({"limits": [[1, 2, 3]]}, "^limits: expects"),
        ({"limits": [[0, float("nan")]]}, "^limits: expects"),
    ],
)
def test_illegal_stored_settings_are_refused(stored, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        Preprocessor.from_dict(stored)


def test_unknown_parameters_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^Preprocessor: no setting 'rate'"):
        Preprocessor().set_params(rate=3)


def test_stored_settings_keep_their_kinds() -> None:
    stored = Preprocessor(target_rate=np.float32(250), highpass_order=np.int64(3)).to_dict()
    assert (stored["target_rate"], stored["highpass_order"]) == (250.0, 3)
    assert type(stored["target_rate"]) is float
    assert type(stored["highpass_order"]) is int
    assert Preprocessor().to_dict() == {
        "target_rate": 100,
        "highpass": 0.5,
        "notch": 60.0,
        "normalize": "zscore",
        "segment_seconds": 3.0,
        "overlap": 0.0,
        "zero_phase": True,
        "nan": "interpolate",
        "sampling_rate": None,
        "highpass_order": 4,
        "notch_quality": 30.0,
        "settle": True,
        "max_interpolate_seconds": 0.1,
        "find_lost": True,
        "limits": None,
    }


def test_copies_have_the_same_settings() -> None:
    x = recording(7, leads=2)
    pre = mains50(normalize="training", sampling_rate=RATE, overlap=0.5).fit([x])
    expected = pre.transform(recording(7, leads=2, seed=3))
    copies = [
        Preprocessor.from_dict(json.loads(json.dumps(pre.to_dict()))),
        pickle.loads(pickle.dumps(pre)),
        copy.deepcopy(pre),
    ]
    for other in copies:
        assert other.get_params() == pre.get_params()
        np.testing.assert_array_equal(other.transform(recording(7, leads=2, seed=3)), expected)
    assert mains50().to_dict()["limits"] is None
    assert repr(pre) == (
        "Preprocessor(notch=50, normalize='training', overlap=0.5, sampling_rate=500.0)"
    )


def test_clones_of_scikit_learn_are_not_fitted() -> None:
    from sklearn.base import clone

    pre = mains50(normalize="training", sampling_rate=RATE).fit([recording(7)])
    copied = clone(pre)
    assert copied.get_params() == pre.get_params()
    assert not hasattr(copied, "limits_")
