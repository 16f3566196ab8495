"""The MIT-BIH excerpts, if they are on this machine, and a folder of two records like theirs."""

import numpy as np
import pytest

from dt4ecg.datasets import load_mit_bih, mit_bih_recordings


@pytest.fixture
def two_records(tmp_path):
    """Write records 100 and 202 of 12 s, and return the folder and their samples in mV."""
    wfdb = pytest.importorskip("wfdb")
    time = np.arange(12 * 360) / 360
    leads = np.stack([np.sin(2 * np.pi * 5 * time), np.sin(2 * np.pi * 9 * time)], 1)
    written = {"100": leads, "202": leads[::-1] / 2}
    for name, samples in written.items():
        wfdb.wrsamp(
            f"m{name}",
            fs=360,
            units=["mV", "mV"],
            sig_name=["MLII", "V1"],
            p_signal=samples,
            fmt=["212", "212"],
            adc_gain=[200, 200],
            baseline=[0, 0],
            write_dir=str(tmp_path),
        )
    (tmp_path / "manifest.csv").touch()
    return tmp_path, written


def test_records_are_read_in_order_with_both_leads_in_mv(two_records):
    folder, written = two_records
    recordings = mit_bih_recordings(folder)
    assert [(r.name, r.subject) for r in recordings] == [("100", "100"), ("202", "201")]
    for recording in recordings:
        assert (recording.sampling_rate, recording.mains_frequency) == (360, 60)
        assert (recording.activity, recording.session) == (None, None)
        samples = written[recording.name].T
        np.testing.assert_allclose(recording.samples, samples, atol=0.5 / 200 + 1e-12)


def test_segments_are_those_of_the_first_lead(two_records):
    folder, _ = two_records
    data = load_mit_bih(folder)
    assert data.X.shape == (2 * 4, 1, 300)
    assert data.name == "mit-bih"
    assert "Arrhythmia Database" in data.citation
    assert data.preprocessor.notch == 60
    spectrum = np.abs(np.fft.rfft(data.X[1, 0]))
    assert spectrum.argmax() == 5 * 3  # a period of 3 s has 15 cycles of 5 Hz


@pytest.mark.slow
def test_mit_bih(mitdb_folder):
    data = load_mit_bih(mitdb_folder)
    assert data.X.shape == (48 * 60, 1, 300)
    assert len(data.classes["identity"]) == 47
    assert (data.y[:, 1] == -1).all()
    assert data.preprocessor.notch == 60.0
    (record,) = [r for r in mit_bih_recordings(mitdb_folder) if r.name == "202"]
    of_202 = data.meta["recording"] == "202"
    assert set(data.meta["subject"][of_202]) == {"201"}
    first_lead = data.preprocessor.transform(record.samples[0], record.sampling_rate)
    np.testing.assert_allclose(data.X[of_202], first_lead, atol=1e-6)


def test_raw_recordings_have_two_leads_and_one_subject_twice(mitdb_folder):
    recordings = mit_bih_recordings(mitdb_folder)
    assert len(recordings) == 48
    assert all(r.n_leads == 2 and r.sampling_rate == 360 for r in recordings)
    subjects = [r.subject for r in recordings]
    assert len(set(subjects)) == 47
    assert subjects.count("201") == 2
