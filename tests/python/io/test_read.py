"""Files of samples: each format gives the same samples, and damaged files are refused."""

import io
import re
import sys
import zipfile

import numpy as np
import pytest

from dt4ecg.io import read, read_contents
from dt4ecg.io.formats import numpy_files
from dt4ecg.io.read import FORMATS


def signal(leads=None, length=200, seed=0):
    shape = length if leads is None else (leads, length)
    return np.random.default_rng(seed).normal(size=shape)


def npy(array):
    stream = io.BytesIO()
    np.save(stream, array)
    return stream.getvalue()


def npz(*members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()


def huge_npy():
    """Return an array of 80 TB by its header, and of 100 bytes by its content."""
    stream = io.BytesIO()
    header = {"descr": "<f8", "fortran_order": False, "shape": (10**13,)}
    np.lib.format.write_array_header_1_0(stream, header)
    return stream.getvalue() + bytes(100)


def npy_2_0(array):
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, version=(2, 0))
    return stream.getvalue()


def lines(x, delimiter=","):
    rows = np.atleast_2d(x).T.tolist()
    return "\n".join(delimiter.join(map(repr, row)) for row in rows).encode()


X = signal()
PAIR = signal(leads=2)


@pytest.mark.parametrize(
    ("file", "content", "expected"),
    [
        ("x.npy", npy(X), X),
        ("x.npy", npy_2_0(X), X),
        ("x.npy", npy(PAIR), PAIR),
        ("x.npy", npy(np.asfortranarray(PAIR)), PAIR),
        ("x.npy", npy(X.astype(">f4")), X.astype(np.float32)),
        ("x.npz", npz(("any name.npy", npy(X))), X),
        ("x.csv", lines(X), X[None]),
        ("x.txt", lines(X), X[None]),
        ("x.CSV", "\ufeffECG I\r\n".encode() + lines(X).replace(b"\n", b"\r\n") + b"\r\n", X[None]),
        ("x.csv", b"\n" + lines(X) + b"\n\n", X[None]),
        ("x.csv", b"I,II\n" + lines(PAIR), PAIR),
        ("x.csv", lines(PAIR, ";"), PAIR),
        ("x.csv", lines(PAIR, "\t"), PAIR),
        ("x.csv", lines(PAIR, "  "), PAIR),
        ("x.csv", b"0.5\nnan\n0.25\n", [[0.5, np.nan, 0.25]]),
    ],
)
def test_every_format_gives_the_samples(tmp_path, file, content, expected):
    (tmp_path / file).write_bytes(content)
    found = read_contents(tmp_path / file).signals
    np.testing.assert_array_equal([one.samples for one in found], np.atleast_2d(expected))
    assert {one.sampling_rate for one in found} == {None}


@pytest.mark.parametrize(
    ("file", "content", "reason"),
    [
        ("x.dat", b"hello", "unknown kind of file; known: .csv, "),
        ("x.npy", b"", "magic"),
        ("x.npy", b"garbage, certainly not an array", "write it with numpy.save"),
        ("x.npy", npy(X)[:500], "promises (200,) float64, more than the file holds"),
        ("x.npy", huge_npy(), "more than 134217728 samples"),
        ("x.npy", npy(np.zeros(0)).replace(b"(0,), }", b"(-1,),}"), "more than the file holds"),
        ("x.npy", npy(np.array([{}], dtype=object)), "real numbers, got object"),
        ("x.npy", npy(X.astype(complex)), "real numbers, got complex128"),
        ("x.npy", npy(signal(leads=65)), "means 65 leads, more than 64"),
        ("x.npy", npy(np.arange(200.0)), "column 0 rises throughout, as a clock does"),
        ("x.npz", b"PK\x03\x04 cut short", "not a sound .npz file"),
        ("x.npz", npz(("a.npy", npy(X)), ("b.npy", npy(X))), "holds 2: a, b"),
        ("x.npz", npz(), "holds 0"),
        ("x.npz", npz(("a.npy", huge_npy())), "more than 134217728 samples"),
        ("x.csv", b"", "no samples"),
        ("x.csv", b"ecg\n", "no samples"),
        ("x.csv", b"ecg\n1\n2\ntwo\n", "line 4: 'two' is not a number but looks like text"),
        ("x.csv", b"a,b\n1,2\n3\n", "line 3 has 1 cells, where others have 2: '3'; write one"),
        ("x.csv", b"1,2\n3\n", "write one number per lead"),
        ("x.csv", b"0,5,1,05\n" * 100, "decimal commas in a file whose columns"),
        ("x.csv", bytes(range(128, 256)), "no samples"),
        ("x.csv", bytes(range(256)), "binary data"),
    ],
)
def test_bad_files_are_refused(tmp_path, file, content, reason):
    (tmp_path / file).write_bytes(content)
    with pytest.raises(ValueError, match=re.escape(reason)):
        read(tmp_path / file, 100)


def test_limits_are_inclusive(tmp_path, monkeypatch):
    np.save(tmp_path / "leads.npy", signal(leads=64))
    assert read(tmp_path / "leads.npy", 100).samples.shape == (64, 200)
    np.save(tmp_path / "short.npy", np.arange(2.0))  # two rising samples are not a clock
    assert read(tmp_path / "short.npy", 100).samples.shape == (1, 2)
    size = (tmp_path / "leads.npy").stat().st_size
    monkeypatch.setattr(sys.modules["dt4ecg.io.read"], "MAX_BYTES", size)
    read(tmp_path / "leads.npy", 100)
    monkeypatch.setattr(sys.modules["dt4ecg.io.read"], "MAX_BYTES", size - 1)
    with pytest.raises(ValueError, match=f"{size} bytes is more than one recording may have"):
        read(tmp_path / "leads.npy", 100)


@pytest.mark.parametrize("save", [np.save, np.savez_compressed])
def test_the_number_of_samples_is_bounded_before_they_are_read(tmp_path, monkeypatch, save):
    name = "x.npy" if save is np.save else "x.npz"
    save(tmp_path / name, np.zeros(101, np.int8))
    monkeypatch.setattr(numpy_files, "MAX_SAMPLES", 100)
    with pytest.raises(ValueError, match=r"shape \(101,\) has more than 100 samples"):
        read(tmp_path / name, 100)


def test_an_archive_may_state_the_rate(tmp_path):
    np.savez(tmp_path / "x.npz", ecg=X, fs=250)
    found = read(tmp_path / "x.npz")
    assert (found.sampling_rate, found.rate_source) == (250.0, "file header")
    np.testing.assert_array_equal(found.samples, X[None])
    np.savez(tmp_path / "x.npz", ecg=X, fs=[250, 300])
    with pytest.raises(ValueError, match=r"fs: the sampling rate must be one number above 0"):
        read(tmp_path / "x.npz")


def test_files_beyond_any_recording_are_not_read(tmp_path):
    with open(tmp_path / "x.npy", "wb") as file:
        file.truncate(2**30 + 1)
    with pytest.raises(ValueError, match="1073741825 bytes is more than one recording may have"):
        read(tmp_path / "x.npy")


def test_a_recording_has_the_name_of_its_file(tmp_path):
    (tmp_path / "x.csv").write_bytes(lines(X))
    assert read(tmp_path / "x.csv", 100).name == "x.csv"
    assert read(tmp_path / "x.csv", 100, name="at rest").name == "at rest"


def test_missing_files_and_folders(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    for name in ("missing.npy", "folder.csv"):
        with pytest.raises(FileNotFoundError, match=r"no such file|not a regular file"):
            read(tmp_path / name)


def test_the_table_lists_lower_case_suffixes():
    assert all(suffix.startswith(".") and suffix.islower() for suffix in FORMATS)


@pytest.mark.parametrize("seed", range(20))
def test_damaged_files_raise_nothing_but_value_errors(tmp_path, seed):
    rng = np.random.default_rng(seed)
    for file, content in (("x.npy", npy(X)), ("x.npz", npz(("a.npy", npy(X))))):
        damaged = bytearray(content[: rng.integers(1, len(content) + 1)])
        for place in rng.integers(0, min(len(damaged), 200), 4):
            damaged[place] = rng.integers(256)
        (tmp_path / file).write_bytes(damaged)
        try:
            samples = read(tmp_path / file, 100).samples
        except ValueError:
            continue
        assert samples.size <= X.size
