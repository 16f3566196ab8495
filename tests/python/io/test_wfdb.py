"""WFDB records: samples and rate of a record, and headers that are refused."""

import os
import sys

import numpy as np
import pytest

from dt4ecg.io import read, read_contents
from dt4ecg.io.formats import wfdb
from dt4ecg.io.formats.wfdb import read_wfdb, signal_files

RATE = 250.0


@pytest.fixture
def record(tmp_path):
    """Write two leads in mV as the record ``rec``, with wfdb itself."""
    writer = pytest.importorskip("wfdb")
    samples = np.random.default_rng(0).normal(size=(2, 1000)).round(2)
    writer.wrsamp(
        "rec",
        fs=RATE,
        units=["mV", "mV"],
        sig_name=["I", "II"],
        p_signal=samples.T,
        fmt=["16", "16"],
        comments=["ECG date: 01.02.2003"],
        write_dir=str(tmp_path),
    )
    return tmp_path / "rec", samples


def test_samples_rate_and_comments(record):
    path, samples = record
    found = read_wfdb(path)
    np.testing.assert_allclose(found.samples, samples, atol=1e-3)
    assert found.samples.flags.c_contiguous
    assert found.sampling_rate == RATE
    assert found.comments == ["ECG date: 01.02.2003"]
    np.testing.assert_allclose(read_wfdb(path, channels=[1]).samples, samples[1:], atol=1e-3)


def test_a_header_is_one_of_the_readable_files(record):
    path, samples = record
    found = read(path.with_suffix(".hea"))
    np.testing.assert_allclose(found.samples, samples, atol=1e-3)
    assert found.sampling_rate == RATE


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("rec two leads\n", "cannot be read"),
        ("rec 0 250 1000\n", "header of 0 signals"),
        ("rec 1 250 1000\nmissing.dat 16 200\n", "cannot be read"),
        ("rec 1 250 1000\n../rec.dat 16 200\n", "cannot be read"),
    ],
)
def test_bad_headers_are_refused(record, header, reason):
    path, _ = record
    path.with_suffix(".hea").write_text(header)
    with pytest.raises(ValueError, match=rf"WFDB record {path} .*{reason}"):
        read_wfdb(path)


def test_signal_files_are_those_of_the_header(record):
    path, _ = record
    assert signal_files(path) == [path.with_suffix(".dat")]
    several = path.with_name("several")
    several.with_suffix(".hea").write_text("several/2 2 250 2000\nrec 1000\n~ 1000\n")
    assert signal_files(several) == [path.with_suffix(".dat")]
    path.with_suffix(".hea").write_text("rec two leads\n")
    with pytest.raises(ValueError, match=f"WFDB record {path} cannot be read"):
        signal_files(path)


def test_the_size_of_a_signal_file_is_bounded(record, monkeypatch):
    path, _ = record
    size = path.with_suffix(".dat").stat().st_size
    monkeypatch.setattr(wfdb, "MAX_BYTES", size)
    assert signal_files(path) == [path.with_suffix(".dat")]
    monkeypatch.setattr(wfdb, "MAX_BYTES", size - 1)
    with pytest.raises(ValueError, match=rf"rec.dat has more than {size - 1} bytes; split"):
        signal_files(path)


def test_a_missing_package_is_named(record, monkeypatch):
    monkeypatch.setitem(sys.modules, "wfdb", None)
    with pytest.raises(
        ImportError, match=r'rec: a WFDB record needs wfdb; pip install "dt4ecg\[datasets\]"'
    ):
        read_wfdb(record[0])


@pytest.mark.parametrize(
    "header",
    [
        "rec 99999999 250 2000\n",
        "rec 2 250 99999999999\nrec.dat 16 200\nrec.dat 16 200\n",
        "rec 1 250 2000\nrec.dat 16x99999999 200\n",
        "rec/2 2 250 99999999999\n~ 99999999000\n~ 999\n",
        "rec/1 2 250 2000\nrec 2000\n",  # its own segment
    ],
)
def test_sizes_that_a_header_states_take_no_memory(record, header):
    path, _ = record
    path.with_suffix(".hea").write_text(header)
    with pytest.raises(ValueError, match="WFDB record"):
        read_contents(path.with_suffix(".hea"))


@pytest.mark.parametrize("suffix", [".hea", ".dat"])
def test_a_pipe_in_place_of_a_file_is_refused_at_once(record, suffix):
    path, _ = record
    path.with_suffix(suffix).unlink()
    os.mkfifo(path.with_suffix(suffix))
    with pytest.raises(OSError, match="not a regular file"):
        read_wfdb(path)
    with pytest.raises(OSError, match="not a regular file"):
        read_contents(path.with_suffix(".hea"))
