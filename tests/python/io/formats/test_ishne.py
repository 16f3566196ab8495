"""ISHNE Holter files: the header of Badilini (1998) and interleaved samples."""

import numpy as np
import pytest
from tests.examples.ishne import header

from dt4ecg.io import read_contents

COUNTS = np.random.default_rng(0).integers(-900, 900, size=(1500, 3)).astype("<i2")


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
