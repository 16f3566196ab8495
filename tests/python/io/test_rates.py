"""The names of a sampling rate are the same wherever one is stated."""

import numpy as np
import pytest

import dt4ecg
from dt4ecg.io.rates import RATE_NAMES, stated_rate

X = np.random.default_rng(0).normal(size=500)


@pytest.mark.parametrize("name", [*RATE_NAMES, "Sampling_Rate", "FS"])
def test_each_name_is_known_to_archives_frames_and_text(tmp_path, name):
    pandas = pytest.importorskip("pandas")
    np.savez(tmp_path / "x.npz", ecg=X, **{name: 250.0})
    assert dt4ecg.read(tmp_path / "x.npz").sampling_rate == 250.0
    frame = pandas.DataFrame({"ecg": X})
    frame.attrs[name] = 250
    assert dt4ecg.read(frame).sampling_rate == 250.0
    (tmp_path / "x.csv").write_text(f"{name}: 250\necg\n" + "\n".join(map(str, X)))
    assert dt4ecg.read(tmp_path / "x.csv").sampling_rate == 250.0


def test_an_attribute_that_is_no_number_is_named():
    with pytest.raises(ValueError, match=r"attribute 'fs' must be a sampling rate .*'250 Hz'"):
        stated_rate({"rate": None, "fs": "250 Hz"})
    assert stated_rate({"rate": None, "fs": 250}) == (250.0, "attribute fs")
