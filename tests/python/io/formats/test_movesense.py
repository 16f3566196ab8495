"""Movesense JSON: packets, the rate from time stamps, and late packets."""

import numpy as np
import pytest
from tests.examples.movesense import X, packets, write

import dt4ecg
from dt4ecg.io import read_contents


def test_the_rate_comes_from_the_time_stamps(tmp_path):
    recording = dt4ecg.read(write(tmp_path / "x.json", packets(1000 + 125 * np.arange(40))))
    assert (recording.sampling_rate, recording.rate_source) == (128.0, "time column")
    np.testing.assert_array_equal(recording.samples[0], X.ravel())
    assert recording.gaps == ()


def test_a_late_packet_follows_a_gap(tmp_path):
    times = 1000 + 125 * np.arange(40)
    times[10:] += 125
    assert dt4ecg.read(write(tmp_path / "x.json", packets(times))).gaps == (160,)


def test_packets_may_hold_one_sample(tmp_path):
    content = [{"Samples": [value], "Timestamp": 8 * value} for value in range(1, 4)]
    (signal,) = read_contents(write(tmp_path / "x.json", content)).signals
    np.testing.assert_array_equal(signal.samples, [1, 2, 3])
    assert signal.sampling_rate == 125.0


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ([], "fewer than two ECG packets"),
        ({"data": [{"acc": packets([0] * 40)}]}, "fewer than two ECG packets"),
        (packets([1000] * 40), "do not rise"),
        ([{"Samples": [1, 2], "Timestamp": 1}, {"Samples": [], "Timestamp": 2}], "fewer than two"),
        ([{"Samples": [1, "a"], "Timestamp": 1}] * 2, "not a sound Movesense JSON file"),
        ([{"Samples": [1, 2], "Timestamp": None}] * 2, "not a sound Movesense JSON file"),
    ],
)
def test_other_files_are_refused(tmp_path, content, reason):
    with pytest.raises(ValueError, match=reason):
        read_contents(write(tmp_path / "x.json", content))
