"""The sampling rate by a column of times, and units that cannot be."""

import numpy as np
import pytest

import dt4ecg

X = np.random.default_rng(0).normal(size=500)


def read_times(tmp_path, name, step, **known):
    rows = "".join(f"{step * i:.9g},{x:.3f}\n" for i, x in enumerate(X))
    (tmp_path / "x.csv").write_text(f"{name},ecg\n{rows}")
    return dt4ecg.read(tmp_path / "x.csv", **known)


@pytest.mark.parametrize(
    ("name", "step", "reason"),
    [
        ("t [s]", 4, r"t is 0.25 Hz, .* is 250 Hz if the unit of the times is 1,000 times smaller"),
        (
            "time_us",
            4,
            r"is 250000 Hz, .* is 250 Hz if the unit of the times is 1,000 times larger",
        ),
        ("t [ms]", 4000, r"is 250 Hz if the unit of the times is 1,000 times smaller"),
        ("t [s]", 4000, r"is 250 Hz if the unit of the times is 1,000,000 times smaller"),
    ],
)
def test_a_wrong_unit_is_reported(tmp_path, name, step, reason):
    with pytest.raises(ValueError, match=f"not in the file; state it .* {reason}"):
        read_times(tmp_path, name, step)
    recording = read_times(tmp_path, name, step, sampling_rate=250)
    assert recording.sampling_rate == 250.0
    assert "which no recorder of ECG has" in recording.summary()


@pytest.mark.parametrize(("name", "step"), [("t [s]", 0.004), ("t [ms]", 4), ("time", 4)])
def test_a_right_unit_gives_the_rate(tmp_path, name, step):
    recording = read_times(tmp_path, name, step)
    assert (recording.sampling_rate, recording.rate_source) == (250.0, "time column")
    assert "no recorder" not in recording.summary()


def test_one_sample_per_second_is_not_ecg(tmp_path):
    rows = "".join(f"10:{i // 60:02d}:{i % 60:02d},{x:.3f}\n" for i, x in enumerate(X))
    (tmp_path / "x.csv").write_text(f"clock,ecg\n{rows}")
    with pytest.raises(ValueError, match=r"by clock is 1 Hz, which no recorder of ECG has$"):
        dt4ecg.read(tmp_path / "x.csv")
