"""The motion set, if it is on this machine, and a small set in its layout."""

import csv

import numpy as np
import pytest

from dt4ecg.datasets import load_motion_ecg, motion_ecg_recordings
from dt4ecg.protocols import leak_report, split


@pytest.fixture(scope="module")
def motion(motion_folder):
    return load_motion_ecg(motion_folder)


@pytest.mark.slow
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
    np.testing.assert_allclose(motion.X.mean(-1), 0, atol=1e-5)
    np.testing.assert_allclose(motion.X.std(-1), 1, atol=1e-5)


def test_no_segment_of_the_motion_set_crosses_a_gap(motion, motion_folder):
    for group, recording in enumerate(motion_ecg_recordings(motion_folder)):
        for gap in np.array(recording.gaps) / recording.sampling_rate:
            inside = (motion.groups == group) & (motion.meta["start"] < gap - 0.01)
            assert not (inside & (motion.meta["stop"] > gap + 0.01)).any()


def test_random_segments_of_the_motion_set_leak(motion):
    leaks = leak_report(motion, split(motion, "random"))
    assert leaks.neighbours / leaks.n_test == pytest.approx(0.9, abs=0.03)
    assert leak_report(motion, split(motion, "blocked")).neighbours == 0


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
def small_set(tmp_path):
    """Write one recording in the layout of the motion set."""
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


def test_a_small_set_loads(small_set):
    (recording,) = motion_ecg_recordings(small_set)
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
def test_damaged_rows_are_named(small_set, changes, reason):
    write_row(small_set, **changes)
    with pytest.raises(ValueError, match=rf"manifest.csv, line 2: .*{reason}.*fetch the set again"):
        motion_ecg_recordings(small_set)


@pytest.mark.parametrize("content", [b"", b"subject,activity\n01,rest\n", b"\xff\xfe\x00"])
def test_a_damaged_manifest_is_named(small_set, content):
    (small_set / "manifest.csv").write_bytes(content)
    with pytest.raises(ValueError, match=r"manifest.csv (lacks|is damaged)"):
        motion_ecg_recordings(small_set)


@pytest.mark.parametrize("keep", [0, 100, 4000])
def test_a_damaged_archive_is_named(small_set, keep):
    archive = small_set / "ctu_motion_ecg.npz"
    archive.write_bytes(archive.read_bytes()[:keep])
    with pytest.raises(ValueError, match=r"ctu_motion_ecg.npz is damaged"):
        motion_ecg_recordings(small_set)


@pytest.mark.parametrize("place", [130, 2000])  # in the array's header, in its samples
def test_a_flipped_byte_in_the_archive_is_noticed(small_set, place):
    archive = small_set / "ctu_motion_ecg.npz"
    content = bytearray(archive.read_bytes())
    content[place] ^= 0xFF
    archive.write_bytes(content)
    with pytest.raises(ValueError, match=r"manifest.csv, line 2: "):
        motion_ecg_recordings(small_set)
