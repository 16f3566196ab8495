"""The background cohort of the package, and decisions with its thresholds."""

import warnings
from importlib import resources

import numpy as np
import pytest

import dt4ecg
from dt4ecg.biometrics import EncoderMismatchError, Gallery, shipped_cohort
from dt4ecg.storage import container

FILE = resources.files("dt4ecg.biometrics") / "weights" / "identity-cohort.safetensors"


@pytest.fixture(scope="module")
def encoder():
    return dt4ecg.load("identity-encoder")


@pytest.fixture(scope="module")
def recordings():
    return dt4ecg.datasets.simulate_cohort(4, ("rest",), seconds=30, seed=3)


@pytest.fixture(scope="module")
def gallery(encoder, recordings):
    found = Gallery(encoder).fit_thresholds("identity-cohort")
    for name, recording in zip(("Ann", "Bo", "Cy"), recordings, strict=False):
        found.enroll(name, recording)
    return found


def test_it_is_small_and_licensed():
    assert len(FILE.read_bytes()) < 200_000
    about = container.read(FILE)[1]["about"]
    assert about["licence"] == "ODC-BY 1.0"
    assert "opendatacommons.org/licenses/by/1-0" in about["attribution"]
    assert "CinC 2017" in about["data"]


def test_its_thresholds_keep_the_rate_on_its_people(encoder):
    """The scores are computed again from the integers in the file."""
    tensors, _ = container.read(FILE)
    templates, segments = (tensors[n].numpy().astype(float) for n in ("templates", "segments"))
    unit = [v / np.linalg.norm(v, axis=-1, keepdims=True) for v in (templates, segments)]
    cohort = shipped_cohort.load(encoder)
    for size in (1, 2, 4):
        scores = []
        for start in range(4 - size + 1):
            probes = unit[1][:, start : start + size].mean(axis=1)
            probes /= np.linalg.norm(probes, axis=1, keepdims=True)
            scores.append((probes @ unit[0].T)[~np.eye(len(probes), dtype=bool)])
        reached = np.concatenate(scores) >= cohort.verification_threshold(0.01, size, None) - 1e-6
        assert 0.0099 < reached.mean() <= 0.01


def test_decisions_need_no_other_people(gallery, recordings, tmp_path):
    path = tmp_path / "gallery.safetensors"
    gallery.save(path)
    for one in (gallery, Gallery.load(path, gallery.encoder)):
        assert one.verify("Ann", recordings[0]).accepted
        assert one.identify(recordings[1]).name == "Bo"
    noise = np.random.default_rng(0).normal(size=(5, 300))
    assert not gallery.verify("Ann", noise)
    assert gallery.identify(noise).name is None


def test_thresholds_come_before_the_first_enrolment(encoder, recordings):
    found = Gallery(encoder).fit_thresholds("identity-cohort")
    found.enroll("Ann", recordings[0])
    assert found.verify("Ann", recordings[0])
    with pytest.raises(EncoderMismatchError, match="the segments have 1 leads of 200 samples"):
        found.verify("Ann", np.random.default_rng(0).normal(size=(5, 200)))


def test_a_probe_with_the_opposite_sign_gives_a_warning(gallery, recordings):
    data = dt4ecg.datasets.from_recordings(recordings[:1], gallery.encoder.preprocessor)
    with pytest.warns(UserWarning, match="verify: .* electrodes may be swapped"):
        assert not gallery.verify("Ann", -data.X)
    with pytest.warns(UserWarning, match="identify: .* electrodes may be swapped"):
        assert not gallery.identify(-data.X)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not gallery.verify("Cy", data.X)  # another person, with the right sign
        assert not gallery.verify("Ann", np.random.default_rng(0).normal(size=(5, 300)))


def test_another_encoder_or_name_is_refused(encoder):
    network = dt4ecg.nn.Network("cnn", "none", segment_length=300, seed=0, standardize=True)
    other = dt4ecg.biometrics.IdentityEncoder(network, encoder.preprocessor)
    with pytest.raises(EncoderMismatchError, match="this gallery has another one"):
        Gallery(other).fit_thresholds("identity-cohort")
    with pytest.raises(ValueError, match="is 'identity-cohort', got 'ecg-id'"):
        Gallery(encoder).fit_thresholds("ecg-id")
    with pytest.raises(ValueError, match="leave subject and activity out"):
        Gallery(encoder).fit_thresholds("identity-cohort", ["Ann"])
    with pytest.raises(ValueError, match="segments need subject"):
        Gallery(encoder).fit_thresholds(np.zeros((2, 300)))
    with pytest.raises(ValueError, match="pass its name to Gallery"):
        dt4ecg.load("identity-cohort")
