"""The ECG-ID database, if it is on this machine, and small records in its layout."""

import numpy as np
import pytest

from dt4ecg import Preprocessor
from dt4ecg.datasets import ecg_id_recordings, load_ecg_id
from dt4ecg.protocols import split


@pytest.mark.slow
def test_ecg_id(ecg_id_folder):
    data = load_ecg_id(ecg_id_folder)
    assert len(data) == 310 * 6
    assert data.classes == {
        "identity": [f"{subject:02d}" for subject in range(1, 91)],
        "activity": [],
    }
    assert (data.y[:, 1] == -1).all()
    assert "2004-12-07" in data.meta["session"]
    assert data.preprocessor.notch == 50.0
    found = split(data, "session")
    assert found.scored_tasks == ("identity",)
    assert len(np.unique(data.y[found.test, 0])) == 20  # people who came on two days


@pytest.mark.slow
def test_another_preprocessor_replaces_the_default(ecg_id_folder):
    preprocessor = Preprocessor(notch=None, segment_seconds=10)
    assert load_ecg_id(ecg_id_folder, preprocessor).X.shape == (620, 1, 1000)


@pytest.fixture
def small_set(tmp_path):
    """Write one record of two leads in the layout of the database."""
    import wfdb

    x = np.random.default_rng(0).normal(size=(2000, 2)).round(2)
    (tmp_path / "Person_07").mkdir()
    wfdb.wrsamp(
        "rec_1",
        500,
        ["mV"] * 2,
        ["ECG I", "ECG I filtered"],
        x,
        fmt=["16"] * 2,
        comments=["Age: 25", "Sex: male", "ECG date: 07.12.2004"],
        write_dir=str(tmp_path / "Person_07"),
    )
    (tmp_path / "RECORDS").write_text("Person_07/rec_1\n")
    return tmp_path, x


def test_a_record_is_the_unfiltered_lead_with_its_subject_and_day(small_set):
    folder, x = small_set
    (recording,) = ecg_id_recordings(folder)
    np.testing.assert_allclose(recording.samples[0], x[:, 0], atol=1e-3)
    assert (recording.subject, recording.session) == ("07", "2004-12-07")
    assert (recording.name, recording.activity) == ("Person_07/rec_1", None)
    assert (recording.sampling_rate, recording.mains_frequency) == (500, 50)


def test_a_damaged_record_is_named(tmp_path):
    (tmp_path / "RECORDS").write_text("Person_01/rec_1\n")
    (tmp_path / "Person_01").mkdir()
    (tmp_path / "Person_01" / "rec_1.hea").write_text("rec_1 two leads\n")
    with pytest.raises(ValueError, match=r"Person_01/rec_1 cannot be read"):
        ecg_id_recordings(tmp_path)
