"""The real sets, where they are at hand, and what is said where they are not or are damaged."""

import csv
import re

import numpy as np
import pytest

import dt4ecg
from dt4ecg.datasets import (
    DATASETS,
    dataset,
    ecg_id_recordings,
    load_ecg_id,
    load_mit_bih,
    load_motion_ecg,
    mit_bih_recordings,
    motion_ecg_recordings,
)
from dt4ecg.protocols import leak_report, split


@pytest.fixture(scope="module")
def motion(motion_folder):
    return load_motion_ecg(motion_folder)


def test_motion_set(motion):
    assert motion.X.shape[1:] == (1, 300)
    assert 3000 < len(motion) < 3150
    assert motion.classes["identity"] == [f"{subject:02d}" for subject in range(1, 11)]
    assert motion.classes["activity"] == ["rest", "arms", "walk", "run", "squat"]
    assert len(np.unique(motion.groups)) == 150
    assert sorted(set(motion.meta["session"])) == ["e1", "e2", "e3"]
    assert (motion.y >= 0).all()
    assert motion.preprocessor.notch == 50.0
    assert not motion.simulated
    assert 0 <= motion.X.min() < motion.X.max() <= 1


def test_no_segment_of_the_motion_set_crosses_a_gap(motion, motion_folder):
    for group, recording in enumerate(motion_ecg_recordings(motion_folder)):
        for gap in np.array(recording.gaps) / recording.sampling_rate:
            inside = (motion.groups == group) & (motion.meta["start"] < gap - 0.01)
            assert not (inside & (motion.meta["stop"] > gap + 0.01)).any()


def test_random_segments_of_the_motion_set_leak(motion):
    leaks = leak_report(motion, split(motion, "random"))
    assert leaks.neighbours / leaks.n_test == pytest.approx(0.9, abs=0.03)
    assert leak_report(motion, split(motion, "blocked")).neighbours == 0


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
    assert len(np.unique(data.y[found.test, 0])) == 20  # who came on more than one day


def test_another_preprocessor_replaces_the_default(ecg_id_folder):
    preprocessor = dt4ecg.Preprocessor(notch=None, segment_seconds=10)
    assert load_ecg_id(ecg_id_folder, preprocessor).X.shape == (620, 1, 1000)


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


@pytest.mark.parametrize("name", ["mit-bih", "nstdb"])
def test_raw_recordings(name, mitdb_folder):
    recordings = dataset(name).recordings()
    assert all(r.n_leads == 2 and r.sampling_rate == 360 for r in recordings)
    assert len({r.subject for r in recordings}) == max(dataset(name).subjects, 1)


def test_the_table_of_sets_is_complete():
    mains = {name: info.mains_frequency for name, info in DATASETS.items()}
    assert {"motion-ecg": 50, "ecg-id": 50, "mit-bih": 60, "nstdb": 60}.items() <= mains.items()
    for name, info in DATASETS.items():
        assert name == info.name
        assert all((info.title, info.citation, info.licence))
        assert info.load or info.recordings
    with pytest.raises(ValueError, match="unknown name 'ecg'; known: paper-cohort, motion-ecg"):
        dataset("ecg")


def test_a_missing_set_names_the_places_and_the_ways_out(tmp_path, monkeypatch):
    monkeypatch.setenv("DT4ECG_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with pytest.raises(FileNotFoundError) as error:
        load_motion_ecg()
    for part in (
        tmp_path / "data" / "ctu_motion_ecg" / "manifest.csv",
        tmp_path / "cache" / "dt4ecg" / "ctu_motion_ecg",
        "dt4ecg datasets fetch motion-ecg",
        "DT4ECG_DATA",
        "path=",
    ):
        assert str(part) in str(error.value)
    with pytest.raises(FileNotFoundError, match=re.escape(f"looked for {tmp_path / 'RECORDS'})")):
        load_ecg_id(tmp_path)


COLUMNS = [
    "subject",
    "activity",
    "electrode",
    "key",
    "n_samples",
    "fs_measured_hz",
    "gaps_at_sample_and_seconds",
]


@pytest.fixture
def miniature(tmp_path):
    """One sound recording in the layout of the motion set."""
    np.savez(tmp_path / "ctu_motion_ecg.npz", signal_01_rest_e1=np.arange(2000, dtype=np.int16))
    write_row(tmp_path)
    return tmp_path


def write_row(folder, **changes):
    row = dict(
        zip(COLUMNS, ["01", "rest", "1", "signal_01_rest_e1", "2000", "497.5", ""], strict=True)
    )
    with open(folder / "manifest.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerow(row | changes)


def test_the_miniature_loads(miniature):
    (recording,) = motion_ecg_recordings(miniature)
    assert (recording.subject, recording.session, recording.name) == ("01", "e1", "01_rest_e1")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"key": "signal_02_rest_e1"}, "signal_02_rest_e1"),
        ({"n_samples": "1999"}, "the manifest says 1999 samples"),
        ({"fs_measured_hz": "quick"}, "quick"),
        ({"gaps_at_sample_and_seconds": "2000:0.5"}, "inside the 2000 samples"),
    ],
)
def test_damaged_rows_are_named(miniature, changes, reason):
    write_row(miniature, **changes)
    with pytest.raises(ValueError, match=rf"manifest.csv, line 2: .*{reason}.*fetch the set again"):
        motion_ecg_recordings(miniature)


@pytest.mark.parametrize("content", [b"", b"subject,activity\n01,rest\n", b"\xff\xfe\x00"])
def test_a_damaged_manifest_is_named(miniature, content):
    (miniature / "manifest.csv").write_bytes(content)
    with pytest.raises(ValueError, match=r"manifest.csv (lacks|is damaged)"):
        motion_ecg_recordings(miniature)


@pytest.mark.parametrize("keep", [0, 100, 4000])
def test_a_damaged_archive_is_named(miniature, keep):
    archive = miniature / "ctu_motion_ecg.npz"
    archive.write_bytes(archive.read_bytes()[:keep])
    with pytest.raises(ValueError, match=r"ctu_motion_ecg.npz is damaged"):
        motion_ecg_recordings(miniature)


@pytest.mark.parametrize("place", [130, 2000])  # in the array's header, in its samples
def test_a_flipped_byte_in_the_archive_is_noticed(miniature, place):
    archive = miniature / "ctu_motion_ecg.npz"
    content = bytearray(archive.read_bytes())
    content[place] ^= 0xFF
    archive.write_bytes(content)
    with pytest.raises(ValueError, match=r"manifest.csv, line 2: "):
        motion_ecg_recordings(miniature)


def test_a_damaged_wfdb_record_is_named(tmp_path):
    (tmp_path / "RECORDS").write_text("Person_01/rec_1\n")
    (tmp_path / "Person_01").mkdir()
    (tmp_path / "Person_01" / "rec_1.hea").write_text("rec_1 two leads\n")
    with pytest.raises(ValueError, match=r"Person_01/rec_1 cannot be read"):
        ecg_id_recordings(tmp_path)
