"""DICOM waveforms: names, units and rate of the channels."""

import numpy as np
import pytest
from tests.examples.dicom import COUNTS, write

from dt4ecg.io import read_contents

pytest.importorskip("pydicom")


def test_channels(tmp_path):
    contents = read_contents(write(tmp_path / "x.dcm"))
    first, second = contents.signals
    np.testing.assert_allclose(second.samples, COUNTS[:, 1] * 2.5)
    assert (first.name, first.unit, first.sampling_rate) == ("Lead I", "uV", 500.0)
    assert contents.start_time.isoformat() == "2024-03-05T10:00:00"


@pytest.mark.parametrize(
    "changes",
    [
        {"NumberOfWaveformChannels": 6000},
        {"NumberOfWaveformSamples": 2**30},
        {"NumberOfWaveformSamples": 2000},
        {"WaveformData": COUNTS.tobytes()[:100]},
    ],
)
def test_impossible_sizes_are_refused(tmp_path, changes):
    with pytest.raises(ValueError, match="not a sound DICOM waveform file"):
        read_contents(write(tmp_path / "x.dcm", **changes))


def test_other_files_are_refused(tmp_path):
    (tmp_path / "x.dcm").write_bytes(b"no DICOM")
    with pytest.raises(ValueError, match="not a sound DICOM waveform file"):
        read_contents(tmp_path / "x.dcm")
