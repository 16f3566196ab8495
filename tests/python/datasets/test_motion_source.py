"""The conversion of the motion set's published files."""

import numpy as np
import pytest
from support.motion_files import record_text

from dt4ecg.datasets import motion_ecg_recordings
from dt4ecg.datasets.motion_source import convert, gaps, measured_rate, read_record


def test_a_real_record_is_recovered_from_its_published_form(motion_folder, tmp_path):
    """The timestamps are computed with the rate and the gaps of the manifest."""
    for recording in motion_ecg_recordings(motion_folder):
        if recording.name != "10_rest_e1":
            continue
        path = tmp_path / "10_01_klud.csv"
        lost = dict.fromkeys(recording.gaps, 9.222)
        path.write_text(record_text(recording.samples[0], recording.sampling_rate, lost))
        seconds, samples = read_record(path)
        assert (samples == recording.samples[0]).all()
        assert round(measured_rate(seconds), 2) == recording.sampling_rate
        assert [at for at, _ in gaps(seconds)] == list(recording.gaps)
        break
    else:
        pytest.fail("10_rest_e1 is missing")


def test_gaps_are_steps_above_twenty_milliseconds():
    seconds = np.array([0.0, 0.002, 0.022, 0.0425, 0.0445, 10.0445])
    assert gaps(seconds) == [(3, pytest.approx(0.0205)), (5, pytest.approx(10.0))]


def test_the_rate_is_measured_on_the_longest_stretch_without_a_break():
    short = np.arange(10) / 100  # at another rate
    long = 1.0 + np.arange(21) / 500
    long[11:] += 0.49  # a gap, which is not long enough for a break
    assert measured_rate(np.concatenate([short, long])) == pytest.approx(20 / (20 / 500 + 0.49))
    long[11:] += 0.02  # now it is a break, and the first 11 samples are the longest stretch
    assert measured_rate(np.concatenate([short, long])) == pytest.approx(500)


def test_convert_writes_what_the_loader_reads(tmp_path):
    sources, folder = tmp_path / "sources", tmp_path / "set"
    (sources / "data" / "07" / "labels").mkdir(parents=True)
    folder.mkdir()
    counts = np.random.default_rng(0).integers(0, 4096, 2500)
    (sources / "data" / "07" / "07_03_beh.csv").write_text(record_text(counts, lost={300: 0.6}))
    grades = "start;end;activity;artifact\n0;1000;1;2\n1000;2000;1;3\n2000;3000;1;4\n"
    (sources / "data" / "07" / "labels" / "07_03_beh_2.csv").write_text(grades)
    convert(sources, folder)
    (recording,) = motion_ecg_recordings(folder)
    assert recording.samples[0].tolist() == counts.tolist()
    assert (recording.subject, recording.activity, recording.session) == ("07", "run", "e3")
    assert (recording.sampling_rate, recording.gaps) == (497.5, (300,))
    assert recording.name == "07_run_e3"
    with pytest.raises(ValueError, match=r"no data/SS/\*\.csv under"):
        convert(folder, folder)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "got 0"),
        ("2024-01-01 12:00:00 ; 12\n", "needs at least 2 samples to measure a rate, got 1"),
        ("2024-01-01 12:00:00 ; 12\n2024-01-01 12:00:00.002, 13\n", "line 2: expected 'timestamp"),
        ("2024-01-01 12:00:00 ; 12\n2024-01-01 12:00:00.002 ; -\n", "line 2"),
        ("2024-01-01 12:00:00 ; 12\nyesterday ; 13\n", "yesterday"),
        ("2024-01-01 12:00:00 ; 12\n2024-01-01 12:00:00.002 ; 99999\n", "99999"),
    ],
)
def test_damaged_records_are_refused(tmp_path, text, message):
    path = tmp_path / "01_01_klud.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=rf"{path}.*{message}"):
        read_record(path)
