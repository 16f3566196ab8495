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


def test_every_lead_of_the_standard_has_its_name(tmp_path):
    """The codes are those of the ISHNE standard; 0 is an unknown lead, 1 a bipolar one."""
    names = "? ? X Y Z I II III aVR aVL aVF V1 V2 V3 V4 V5 V6 ES AS AI".replace("?", "").split(" ")
    found = []
    for code in range(20):
        content = bytearray(header(n_leads=1) + COUNTS[:, :1].tobytes())
        content[158:160] = code.to_bytes(2, "little")  # the first of the leads
        (tmp_path / "x.ecg").write_bytes(bytes(content))
        found += [one.name for one in read_contents(tmp_path / "x.ecg").signals]
    assert found == names


def test_one_sample_is_read(tmp_path):
    (tmp_path / "x.ecg").write_bytes(header(n_samples=1, n_leads=1) + COUNTS[:1, :1].tobytes())
    (signal,) = read_contents(tmp_path / "x.ecg").signals
    np.testing.assert_allclose(signal.samples, COUNTS[0, :1] * 0.0025)


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
