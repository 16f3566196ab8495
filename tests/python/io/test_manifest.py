"""Manifests: every row is checked, and all problems are reported with their lines."""

import re

import numpy as np
import pytest

from dt4ecg.io import manifest_rows as module
from dt4ecg.io.manifest import Reading, read_manifest

HEADER = "file,sampling_rate,subject,activity"
EXTENDED = HEADER + ",session,gaps,mains_frequency"


def write_manifest(folder, *rows, header=HEADER):
    path = folder / "manifest.csv"
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def read_row(folder, row, header=HEADER):
    """Return the only recording of a manifest with one row."""
    np.save(folder / "x.npy", np.random.default_rng(0).normal(size=200))
    recordings, problems = read_manifest(write_manifest(folder, row, header=header), Reading(60.0))
    assert problems == {}
    return recordings[2]


def problem_of(folder, row, header=HEADER):
    """Return the reason why a row after a good row cannot be used."""
    good = "good.npy,20,a,rest" + "," * (header.count(",") - HEADER.count(","))
    np.save(folder / "good.npy", np.random.default_rng(0).normal(size=200))
    recordings, problems = read_manifest(
        write_manifest(folder, good, row, header=header), Reading(60.0)
    )
    assert list(recordings) == [2]
    assert list(problems) == [3]
    return problems[3]


def test_a_row_becomes_a_recording(tmp_path):
    found = read_row(tmp_path, "x.npy,20,ann,rest")
    assert (found.name, found.subject, found.activity) == ("x.npy", "ann", "rest")
    assert (found.sampling_rate, found.mains_frequency) == (20.0, 60.0)
    assert (found.session, found.gaps) == (None, ())
    assert found.samples.shape == (1, 200)


def test_optional_columns(tmp_path):
    found = read_row(tmp_path, "x.npy, 20, ann, , monday, 70 75, 50", EXTENDED)
    assert (found.activity, found.session, found.gaps) == (None, "monday", (70, 75))
    assert found.mains_frequency == 50.0
    found = read_row(tmp_path, "x.npy,20,ann,rest,,,", EXTENDED)
    assert (found.session, found.gaps, found.mains_frequency) == (None, (), 60.0)


def test_columns_come_in_any_order(tmp_path):
    found = read_row(tmp_path, "ann,run,x.npy,20.5", "\ufeffsubject, activity,file ,sampling_rate")
    assert (found.subject, found.activity, found.sampling_rate) == ("ann", "run", 20.5)


def test_cells_in_quotes_may_follow_a_space_and_contain_commas(tmp_path):
    found = read_row(tmp_path, 'x.npy, 20, "Berg, Anna", "rest"')
    assert (found.subject, found.activity) == ("Berg, Anna", "rest")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",20,a,rest", "file is empty"),
        ("x.npy,0,a,rest", "sampling_rate must be a number in (0, 100000] Hz, got '0'"),
        ("x.npy,-1,a,rest", "got '-1'"),
        ("x.npy,100000.1,a,rest", "got '100000.1'"),
        ("x.npy,inf,a,rest", "got 'inf'"),
        ("x.npy,fast,a,rest", "got 'fast'"),
        ("good.npy,20,b,rest", "good.npy is listed already, on line 2"),
        ("./good.npy,20,b,rest", "./good.npy is listed already, on line 2"),
        ("x.npy,20,a", "the row has 3 cells, where the header has 4"),
        ("x.npy,20,a,rest,extra", "the row has 5 cells, where the header has 4"),
        ("missing.npy,20,a,rest", "missing.npy: no such file"),
        ("../outside.npy,20,a,rest", "../outside.npy lies outside the manifest's folder"),
        ("/etc/passwd,20,a,rest", "/etc/passwd lies outside the manifest's folder"),
        ("loop.npy,20,a,rest", "'loop.npy' is not the path of a file"),
        ("link.npy,20,a,rest", "link.npy lies outside the manifest's folder"),
        ("empty.csv,20,a,rest", "empty.csv: no samples"),
        ("cube.npy,20,a,rest", "cube.npy: samples must have shape"),
    ],
)
def test_bad_rows(tmp_path, row, reason):
    (tmp_path / "set").mkdir()
    np.save(tmp_path / "outside.npy", np.zeros(200))
    (tmp_path / "set" / "link.npy").symlink_to(tmp_path / "outside.npy")
    (tmp_path / "set" / "loop.npy").symlink_to("loop.npy")
    (tmp_path / "set" / "empty.csv").write_text("")
    np.save(tmp_path / "set" / "cube.npy", np.zeros((2, 3, 4)))
    assert reason in problem_of(tmp_path / "set", row)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (",1.5,", "gaps must be sample numbers separated by spaces, got '1.5'"),
        (",-1,", "got '-1'"),
        (",0,", "inside the 200 samples, got (0,)"),
        (",200,", "inside the 200 samples, got (200,)"),
        (",,0", "mains_frequency must be a number in (0, 1000] Hz, got '0'"),
        (",,1000.1", "got '1000.1'"),
        (",,high", "got 'high'"),
    ],
)
def test_bad_optional_cells(tmp_path, cells, reason):
    np.save(tmp_path / "x.npy", np.random.default_rng(1).normal(size=200))
    assert reason in problem_of(tmp_path, "x.npy,20,a,rest," + cells, EXTENDED)


def test_limits_are_inclusive(tmp_path):
    found = read_row(tmp_path, "x.npy,100000,a,rest,,1 199,1000", EXTENDED)
    assert (found.sampling_rate, found.mains_frequency) == (100_000.0, 1000.0)
    assert found.gaps == (1, 199)


def test_a_bad_row_does_not_hide_a_later_row_with_the_same_file(tmp_path):
    np.save(tmp_path / "x.npy", np.random.default_rng(0).normal(size=200))
    path = write_manifest(tmp_path, "../x.npy,20,ann,rest", "x.npy,20,ann,rest")
    recordings, problems = read_manifest(path, Reading(60.0))
    assert (list(recordings), list(problems)) == ([3], [2])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "missing file, missing subject, missing activity; needs file, subject"),
        (b"file,fs,name,activity\nx.npy,20,a,rest\n", "missing subject; needs file, subject"),
        (b"file,file,sampling_rate,subject,activity\n", "columns: file twice"),
        (HEADER.encode(), "lists no recordings"),
        (HEADER.encode() + b"\n\0\xfe,1,a,b\n", "binary data"),
        (HEADER.encode() + b'\n"open quote', "not a CSV file"),
        (HEADER.encode() + b'\n"x.npy"y,20,a,rest\n', "not a CSV file (',' expected"),
    ],
)
def test_bad_manifests(tmp_path, content, reason):
    (tmp_path / "manifest.csv").write_bytes(content)
    with pytest.raises(ValueError, match=re.escape(reason)):
        read_manifest(tmp_path / "manifest.csv", Reading(60.0))


def test_a_missing_manifest(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"no manifest at .*; it is a CSV file with the columns file, subj"
    ):
        read_manifest(tmp_path / "manifest.csv", Reading(60.0))


def test_a_file_too_large_for_a_manifest_is_not_read(tmp_path, monkeypatch):
    np.save(tmp_path / "x.npy", np.random.default_rng(0).normal(size=200))
    path = write_manifest(tmp_path, "x.npy,20,a,rest")
    size = path.stat().st_size
    monkeypatch.setattr(module, "MAX_BYTES", size)
    assert list(read_manifest(path, Reading(60.0)).recordings) == [2]
    monkeypatch.setattr(module, "MAX_BYTES", size - 1)
    with pytest.raises(ValueError, match=f"{size} bytes are too many for a manifest"):
        read_manifest(path, Reading(60.0))


@pytest.fixture
def wfdb_folder(tmp_path):
    """A folder with one WFDB record of one lead, 4 s at 250 Hz."""
    import wfdb

    (tmp_path / "set").mkdir()
    x = np.random.default_rng(0).normal(size=(1000, 1)).round(2)
    wfdb.wrsamp("rec", 250, ["mV"], ["I"], x, fmt=["16"], write_dir=str(tmp_path / "set"))
    return tmp_path / "set"


@pytest.mark.parametrize(("cell", "expected"), [("", 250.0), ("249.8", 249.8)])
def test_the_header_of_a_wfdb_record_states_the_rate(wfdb_folder, cell, expected):
    path = write_manifest(wfdb_folder, f"rec.hea,{cell},ann,rest")
    recordings, problems = read_manifest(path, Reading(60.0))
    assert problems == {}
    assert recordings[2].samples.shape == (1, 1000)
    assert recordings[2].sampling_rate == expected


def test_only_formats_that_state_the_rate_may_leave_it_out(tmp_path):
    np.save(tmp_path / "x.npy", np.random.default_rng(0).normal(size=200))
    assert "the sampling rate is not in the file" in problem_of(tmp_path, "x.npy,,a,rest")


def test_the_signals_of_a_wfdb_record_are_not_read_elsewhere(wfdb_folder):
    (wfdb_folder / "rec.dat").rename(wfdb_folder.parent / "secret.dat")
    (wfdb_folder / "rec.dat").symlink_to(wfdb_folder.parent / "secret.dat")
    assert "rec.dat lies outside the manifest's folder" in problem_of(
        wfdb_folder, "rec.hea,250,a,rest"
    )


def test_a_reading_completes_rows_that_say_nothing(tmp_path):
    noise = np.random.default_rng(0).normal(size=(2, 200))
    np.save(tmp_path / "x.npy", noise)
    path = write_manifest(tmp_path, "x.npy,,a,rest,", "x.npy,,a,rest,1", header=HEADER + ",lead")
    path.write_text(path.read_text().replace("x.npy,,a,rest,1", "y.npy,10,a,rest,1"))
    np.save(tmp_path / "y.npy", noise)
    recordings, problems = read_manifest(path, Reading(50.0, 20.0, "0"))
    assert problems == {}
    assert [one.sampling_rate for one in recordings.values()] == [20.0, 10.0]
    assert [one.samples[0, 0] for one in recordings.values()] == [noise[0, 0], noise[1, 0]]
