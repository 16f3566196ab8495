"""Read, train, save, load and predict once, with the installed package and simulated people."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import dt4ecg
from dt4ecg import _core


@pytest.fixture(scope="module")
def trained() -> dt4ecg.DT4ECGClassifier:
    """Return a model of two simulated people, each at rest and walking."""
    recordings = dt4ecg.datasets.simulate_cohort(
        subjects=2, activities=("rest", "exercise"), seconds=30, seed=0
    )
    data = dt4ecg.datasets.from_recordings(recordings)
    classifier = dt4ecg.DT4ECGClassifier(epochs=2, preprocessor=data.preprocessor, n_threads=1)
    return classifier.fit(data.X, data.labels)


def test_the_extension_fits_to_torch() -> None:
    facts = dt4ecg.build_info()
    built = facts["torch_built_against"].split(".")[:2]
    assert facts["torch"].split(".")[:2] == built
    assert facts["dt4ecg"] == _core.__version__


def test_filters_agree_with_scipy() -> None:
    from scipy import signal

    x = np.random.default_rng(0).normal(size=2000)
    sections = signal.butter(4, 0.5, "highpass", fs=250, output="sos")
    ours = dt4ecg.signal.highpass(x, 250)
    np.testing.assert_allclose(ours, signal.sosfiltfilt(sections, x), atol=1e-9)


def test_a_model_is_the_same_after_saving(trained: dt4ecg.DT4ECGClassifier, tmp_path: Path) -> None:
    trained.save(tmp_path / "model.safetensors")
    loaded = dt4ecg.load(tmp_path / "model.safetensors")
    segments = np.random.default_rng(1).normal(size=(5, 1, 300)).astype(np.float32)
    assert (loaded.predict(segments) == trained.predict(segments)).all()


def test_a_file_becomes_predictions(trained: dt4ecg.DT4ECGClassifier, tmp_path: Path) -> None:
    (recording,) = dt4ecg.datasets.simulate_cohort(subjects=1, activities=("rest",), seconds=10)
    np.savetxt(tmp_path / "recording.csv", recording.samples[0], header="ECG", comments="")
    found = dt4ecg.read(tmp_path / "recording.csv", recording.sampling_rate)
    labels, starts = trained.predict_recording(found.samples, found.sampling_rate)
    assert labels.shape == (3, 2)
    assert starts.tolist() == [0.0, 3.0, 6.0]
