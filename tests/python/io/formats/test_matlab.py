"""MATLAB files: one matrix of samples, and perhaps the sampling rate."""

import numpy as np
import pytest
from scipy.io import savemat

import dt4ecg
from dt4ecg.io import read_contents

X = np.random.default_rng(0).normal(size=(2, 300))


@pytest.mark.parametrize("stored", [X, X.T])
def test_leads_are_the_shorter_side(tmp_path, stored):
    savemat(tmp_path / "x.mat", {"val": stored, "fs": 250.0, "who": "Anna"})
    recording = dt4ecg.read(tmp_path / "x.mat")
    np.testing.assert_array_equal(recording.samples, X)
    assert (recording.sampling_rate, recording.rate_source) == (250.0, "file header")


def test_the_rate_may_be_unknown(tmp_path):
    savemat(tmp_path / "x.mat", {"val": X[0]}, do_compression=True)
    assert [one.sampling_rate for one in read_contents(tmp_path / "x.mat").signals] == [None]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"a": X, "b": X}, "exactly one array of samples and at most one sampling rate, holds 2"),
        ({"a": "text"}, "holds 0"),
        ({"a": X, "fs": 0}, "the sampling rate must be one number above 0 Hz"),
    ],
)
def test_other_contents_are_refused(tmp_path, content, reason):
    savemat(tmp_path / "x.mat", content)
    with pytest.raises(ValueError, match=reason):
        read_contents(tmp_path / "x.mat")


def test_damaged_files_are_refused(tmp_path):
    (tmp_path / "x.mat").write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(600))
    with pytest.raises(ValueError, match=r"version 7\.3 are not read; save the file with '-v7'"):
        read_contents(tmp_path / "x.mat")
    (tmp_path / "x.mat").write_bytes(b"MATLAB" * 99)
    with pytest.raises(ValueError, match="not a sound MATLAB file"):
        read_contents(tmp_path / "x.mat")
