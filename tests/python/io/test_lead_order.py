"""The order of leads by their names."""

import numpy as np
import pytest

import dt4ecg
from dt4ecg.io import Recording
from dt4ecg.io.lead_order import in_lead_order, lead_keys

X = np.random.default_rng(0).normal(size=(2, 2500))


@pytest.mark.parametrize(
    ("names", "keys"),
    [
        (["ECG lead II", "V5"], ("ii", "v5")),
        (["MLII"], ("mlii",)),
        (["ECG"], ()),
        (["chest", "wrist"], ("chest", "wrist")),
        (["ECG", "ecg"], ()),
        (["II", ""], ()),
        ([], ()),
    ],
)
def test_keys(names, keys):
    assert lead_keys(names) == keys


def test_leads_are_put_in_order_and_others_left_out():
    recording = Recording(X, 250, lead_names=["Lead II", "Lead I"], units=["mV", "uV"])
    found = in_lead_order(recording, ["I", "II"])
    np.testing.assert_array_equal(found.samples, X[::-1])
    assert (found.lead_names, found.units) == (("Lead I", "Lead II"), ("uV", "mV"))
    assert in_lead_order(recording, ["II"]).samples.shape == (1, 2500)
    assert in_lead_order(recording, ["ECG"]) is recording
    with pytest.raises(ValueError, match=r"has the leads Lead II, Lead I, but needs I, V5"):
        in_lead_order(recording, ["I", "V5"])


def test_a_model_takes_leads_by_name(tmp_path):
    def recording(subject, samples, names=("I", "II")):
        return Recording(samples, 250, subject, "rest", lead_names=names)

    rng = np.random.default_rng(1)
    training = [recording(s, rng.normal(size=(2, 5000)).cumsum(1)) for s in ("a", "b")]
    data = dt4ecg.datasets.from_recordings(training)
    assert data.preprocessor.lead_names_ == ("I", "II")
    classifier = dt4ecg.DT4ECGClassifier(
        tasks=("identity",), epochs=2, preprocessor=data.preprocessor
    ).fit(data.X, data.labels[:, 0])
    classifier.save(tmp_path / "model.safetensors")
    loaded = dt4ecg.load(tmp_path / "model.safetensors")
    expected = loaded.predict_recording(training[0], unusable=None).probabilities
    swapped = recording("a", training[0].samples[::-1], ("II", "I"))
    found = loaded.predict_recording(swapped, unusable=None).probabilities
    np.testing.assert_array_equal(found, expected)
    with pytest.raises(ValueError, match="needs I, II"):
        loaded.predict_recording(recording("a", training[0].samples, ("I", "V1")))
