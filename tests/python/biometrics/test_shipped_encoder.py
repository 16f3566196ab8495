"""The encoder of the package: it is there, small, licensed, and gives the same vectors."""

from importlib import resources

import numpy as np
import pytest

import dt4ecg
from dt4ecg.biometrics import Gallery, IdentityEncoder
from dt4ecg.storage.shipped import SHIPPED

FILE = resources.files("dt4ecg.biometrics") / "weights" / SHIPPED["identity-encoder"][1]


@pytest.fixture(scope="module")
def encoder():
    return dt4ecg.load("identity-encoder")


def cohort(encoder, subjects=12, seed=3):
    recordings = dt4ecg.datasets.simulate_cohort(
        subjects=subjects, activities=("rest",), seconds=30, seed=seed
    )
    return dt4ecg.datasets.from_recordings(recordings, encoder.preprocessor)


def test_it_is_small_and_licensed(encoder):
    assert len(FILE.read_bytes()) < 1_000_000
    assert encoder.about["licence"] == "ODC-BY 1.0"
    for part in ("10.13026/d3hm-sf11", "10.13026/C2J01F", "opendatacommons.org/licenses/by/1-0"):
        assert part in encoder.about["attribution"]
    assert "motion" not in encoder.about["data"]


def test_its_vectors_are_fixed(encoder):
    time = np.arange(300) / 100
    beats = np.exp(-((((time % 0.8) - 0.3) / 0.02) ** 2))
    waves = beats + 0.3 * np.exp(-((((time % 0.8) - 0.55) / 0.06) ** 2))
    found = encoder.embed(np.stack([beats, waves]))
    np.testing.assert_allclose(found[:, CHANNELS], FIXED, atol=1e-4)
    np.testing.assert_allclose(found[0] @ found[1], COSINE, atol=1e-4)


def test_gain_and_offset_have_no_effect(encoder):
    X = cohort(encoder, 2).X
    np.testing.assert_allclose(encoder.embed(3 * X + 5), encoder.embed(X), atol=1e-3)


def test_simulated_people_are_separated(encoder):
    data = cohort(encoder)
    gallery = Gallery(encoder)
    person = data.y[:, 0]
    for number in range(12):
        gallery.enroll(str(number), data.X[person == number][:5])
    right = [
        int(np.argmax(gallery.scores(data.X[person == number][5:]))) == number
        for number in range(12)
    ]
    assert sum(right) >= 9


def test_a_file_of_this_name_comes_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    network = dt4ecg.nn.Network("mlp", "none", {"identity": 1}, segment_length=40, seed=0)
    IdentityEncoder(network).save("identity-encoder")
    assert dt4ecg.load("identity-encoder").network.spec["backbone"] == "mlp"


CHANNELS = [19, 66, 99, 107]
FIXED = [[0.45229, 0.30625, 0.21298, 0.41611], [0.41667, 0.18544, 0.25344, 0.34467]]
COSINE = 0.71793


def test_a_wrong_name_is_answered_with_the_names():
    with pytest.raises(FileNotFoundError, match="models of the package are 'identity-encoder'"):
        dt4ecg.load("identity_encoder")
