"""MATLAB files: one matrix of samples, and perhaps the sampling rate."""

import struct

import numpy as np
import pytest
from scipy.io import savemat

import dt4ecg
from dt4ecg.io import read_contents

X = np.random.default_rng(0).normal(size=(2, 300))
TYPES_4 = ("f8", "f4", "u1", "i2", "u2", "i4", ">i2", ">f8")
TYPES = (*TYPES_4, "i1", "u4", "i8", "u8")


@pytest.mark.parametrize("stored", [X, X.T])
def test_leads_are_the_shorter_side(tmp_path, stored):
    savemat(tmp_path / "x.mat", {"val": stored, "fs": 250.0, "who": "Anna"})
    recording = dt4ecg.read(tmp_path / "x.mat")
    np.testing.assert_array_equal(recording.samples, X)
    assert (recording.sampling_rate, recording.rate_source) == (250.0, "file header")


@pytest.mark.parametrize(
    ("dtype", "options"),
    [(dtype, {"format": "4"}) for dtype in TYPES_4]
    + [(dtype, {"do_compression": packed}) for dtype in TYPES for packed in (False, True)],
)
def test_types(tmp_path, dtype, options):
    samples = (X[0] * 20).astype(dtype)
    savemat(tmp_path / "x.mat", {"a b": "Ann", "sfreq": 128, "val": samples}, **options)
    (signal,) = read_contents(tmp_path / "x.mat").signals
    np.testing.assert_array_equal(signal.samples, samples)
    assert signal.sampling_rate == 128
    assert signal.samples.dtype == np.dtype(dtype).newbyteorder("=")


def test_a_file_of_a_computer_with_the_other_order_of_bytes(tmp_path):
    def element(kind, content):
        padding = bytes(-len(content) % 8)
        return struct.pack(">II", kind, len(content)) + content + padding

    samples = np.arange(5) ** 2
    matrix = (
        element(6, struct.pack(">II", 6, 0))
        + element(5, struct.pack(">ii", 1, 5))
        + struct.pack(">HH", 3, 1)  # a small element: size and type
        + b"val\0"
        + element(3, samples.astype(">i2").tobytes())
    )
    content = b"MATLAB 5.0".ljust(124) + b"\x01\x00MI" + element(14, matrix)
    (tmp_path / "x.mat").write_bytes(content)
    (signal,) = read_contents(tmp_path / "x.mat").signals
    np.testing.assert_array_equal(signal.samples, samples)


def test_the_rate_may_be_unknown(tmp_path):
    savemat(tmp_path / "x.mat", {"val": X[0]}, do_compression=True)
    assert [one.sampling_rate for one in read_contents(tmp_path / "x.mat").signals] == [None]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"a": X, "b": X}, "exactly one array of samples and at most one sampling rate, holds 2"),
        ({"a": "text"}, "holds 0"),
        ({"a": X, "fs": 0}, "the sampling rate must be one number above 0 Hz"),
        ({"a": X > 0}, "holds 0"),
        ({"a": X * 1j}, "not real numbers"),
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


@pytest.mark.parametrize("compressed", [False, True])
def test_a_file_that_was_cut_off_is_refused(tmp_path, compressed):
    savemat(tmp_path / "x.mat", {"val": X}, do_compression=compressed)
    content = (tmp_path / "x.mat").read_bytes()
    for size in (127, 129, 150, 200, len(content) - 8):
        (tmp_path / "x.mat").write_bytes(content[:size])
        with pytest.raises(ValueError, match="not a sound MATLAB file"):
            read_contents(tmp_path / "x.mat")


def test_an_unknown_type_of_numbers_is_refused(tmp_path):
    """SciPy reads outside its memory there."""
    savemat(tmp_path / "x.mat", {"fs": 250.0, "val": X})
    content = (tmp_path / "x.mat").read_bytes()
    at = content.index(np.float64(250).tobytes()) - 8
    for kind in (0, 8, 10, 11, 521, 0xFFFF0009, 2**32 - 1):
        damaged = content[:at] + struct.pack("<I", kind) + content[at + 4 :]
        (tmp_path / "x.mat").write_bytes(damaged)
        with pytest.raises(ValueError, match="not a sound MATLAB file"):
            read_contents(tmp_path / "x.mat")
