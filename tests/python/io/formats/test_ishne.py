"""ISHNE Holter files: the header of Badilini (1998) and interleaved samples."""

import struct

import numpy as np
import pytest

from dt4ecg.io import read_contents

COUNTS = np.random.default_rng(0).integers(-900, 900, size=(1500, 3)).astype("<i2")


def header(n_samples=1500, n_leads=3, rate=200, offset=522, magic=b"ISHNE1.0", resolution=2500):
    content = bytearray(522)
    content[:8] = magic
    struct.pack_into("<iiii", content, 10, 0, n_samples, 522, offset)
    struct.pack_into("<3h", content, 138, 5, 3, 2024)
    struct.pack_into("<3h", content, 150, 10, 30, 0)
    struct.pack_into("<h", content, 156, n_leads)
    struct.pack_into("<12h", content, 158, 6, 12, 0, *[0] * 9)  # II, V2, unknown
    struct.pack_into("<12h", content, 206, *[resolution] * 12)
    struct.pack_into("<h", content, 272, rate)
    return bytes(content)


def test_leads_names_and_start(tmp_path):
    path = tmp_path / "x.ecg"
    path.write_bytes(header() + COUNTS.tobytes())
    contents = read_contents(path)
    np.testing.assert_allclose(
        np.stack([one.samples for one in contents.signals]), COUNTS.T * 0.0025
    )
    assert [one.name for one in contents.signals] == ["II", "V2", ""]
    assert {(one.sampling_rate, one.unit) for one in contents.signals} == {(200.0, "mV")}
    assert contents.start_time.isoformat() == "2024-03-05T10:30:00"


@pytest.mark.parametrize(
    "changes",
    [
        {"n_samples": 1501},
        {"n_samples": 2**30},
        {"n_samples": -1},
        {"n_leads": 0},
        {"n_leads": 13},
        {"rate": 0},
        {"offset": 10},
        {"resolution": 0},
    ],
)
def test_sizes_that_the_file_cannot_hold_are_refused(tmp_path, changes):
    (tmp_path / "x.ecg").write_bytes(header(**changes) + COUNTS.tobytes())
    with pytest.raises(ValueError, match=r"the ISHNE header states .* which the file cannot hold"):
        read_contents(tmp_path / "x.ecg")


def test_other_files_are_refused(tmp_path):
    (tmp_path / "x.ecg").write_bytes(header(magic=b"ANN  1.0"))
    with pytest.raises(ValueError, match="an ISHNE annotation file"):
        read_contents(tmp_path / "x.ecg")
    (tmp_path / "x.ecg").write_bytes(b"short")
    with pytest.raises(ValueError, match="not an ISHNE file"):
        read_contents(tmp_path / "x.ecg")
