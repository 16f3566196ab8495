"""Manifests as spreadsheets save them, and rows about parts of recordings."""

import warnings

import numpy as np
import pytest

from dt4ecg.datasets import load_recordings
from dt4ecg.io.manifest import Reading, read_manifest
from dt4ecg.signal import Preprocessor

HEADER = "file,sampling_rate,subject,activity"
PARTS = "file,sampling_rate,subject,activity,start,stop"


@pytest.fixture
def folder(tmp_path):
    """A folder with a recording of 10 s at 100 Hz as an array, and with a clock as text."""
    x = np.random.default_rng(0).normal(size=1000)
    np.save(tmp_path / "x.npy", x)
    np.save(tmp_path / "y.npy", x)
    rows = "".join(f"{i / 100},{one:.3f},{-one:.3f}\n" for i, one in enumerate(x))
    (tmp_path / "x.csv").write_text("time,I,II\n" + rows)
    return tmp_path


def read_lines(folder, *lines, encoding="utf-8"):
    (folder / "manifest.csv").write_bytes(("\n".join(lines) + "\n").encode(encoding))
    return read_manifest(folder / "manifest.csv", Reading(60.0))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("first", ["", "sep={}\n"])
def test_delimiters_and_encodings(folder, encoding, mark, first):
    header = first + HEADER.replace(",", "{}")
    row = '"x.npy"{}100{}Zoë{}"rest{} sitting"'
    found, problems = read_lines(
        folder, header.replace("{}", mark), row.replace("{}", mark), encoding=encoding
    )
    assert problems == {}
    (recording,) = found.values()
    assert (recording.subject, recording.activity) == ("Zoë", f"rest{mark} sitting")
    assert list(found) == [3 if first else 2]


def test_decimal_commas_and_windows_paths(folder):
    (folder / "sub").mkdir()
    np.save(folder / "sub" / "z.npy", np.random.default_rng(0).normal(size=1000))
    found, problems = read_lines(
        folder, "File;Sampling Rate;Subject;Activity;", "sub\\z.npy;99,5;ann;rest;", ";;;;"
    )
    assert problems == {}
    assert found[2].sampling_rate == 99.5


@pytest.mark.parametrize("mark", ["", "NaN", "N/A", "NONE", "<NA>", "null", "-", "?", " Na ", "--"])
def test_unknown_values(folder, mark):
    found, problems = read_lines(
        folder, HEADER + ",session", f"x.npy,100,{mark},rest,{mark}", f"y.npy,100,ann,{mark},"
    )
    assert problems == {}
    assert (found[2].subject, found[2].activity, found[2].session) == (None, "rest", None)
    assert (found[3].subject, found[3].activity) == ("ann", None)


def test_other_columns_are_kept(folder):
    found, _ = read_lines(folder, HEADER + ',age,device,_id_,"Arm "', "x.npy,100,ann,rest,31,,7,l")
    assert found[2].extra == {"age": "31", "device": "", "_id_": "7", "Arm": "l"}


def test_names_that_are_nearly_known_are_warned_of_once(folder):
    header = HEADER + ",sesion,mains_freqency,age"
    known = r"'sesion' \(session\?\), 'mains_freqency' \(mains_frequency\?\); correct"
    with pytest.warns(UserWarning, match=known) as caught:
        found, _ = read_lines(folder, header, "x.npy,100,ann,rest,1,50,7")
    assert len(caught) == 1
    assert found[2].session is None
    assert found[2].extra == {"sesion": "1", "mains_freqency": "50", "age": "7"}


def test_the_rate_may_be_in_the_files(folder):
    for header, row in [
        ("file,subject,activity", "x.csv,ann,rest"),
        (HEADER, "x.csv,,ann,rest"),
        (HEADER, "x.csv,NaN,ann,rest"),
    ]:
        found, problems = read_lines(folder, header, row)
        assert problems == {}
        assert (found[2].sampling_rate, found[2].rate_source) == (100.0, "time column")
    found, _ = read_lines(folder, HEADER, "x.csv,100.5,ann,rest")
    assert (found[2].sampling_rate, found[2].rate_source) == (100.5, "manifest")
    _, problems = read_lines(folder, HEADER, "x.csv,250,ann,rest")
    assert "the sampling rate is 100 Hz by the time column, but" in problems[2]
    _, problems = read_lines(folder, "file,subject,activity", "x.npy,ann,rest")
    assert "or the column sampling_rate of a manifest" in problems[2]


@pytest.mark.parametrize(
    ("lead", "names"), [("", ("I", "II")), ("II", ("II",)), ("1", ("I",)), ("II | I", ("II", "I"))]
)
def test_leads(folder, lead, names):
    found, problems = read_lines(folder, HEADER + ",lead", f"x.csv,,ann,rest,{lead}")
    assert problems == {}
    assert found[2].lead_names == names
    _, problems = read_lines(folder, HEADER + ",lead", "x.csv,,ann,rest,V5")
    assert "x.csv: lead 'V5' does not exist" in problems[2]


def test_rows_about_parts_of_a_recording(folder):
    found, problems = read_lines(
        folder,
        PARTS + ",age",
        "x.npy,100,ann,rest,,4,30",
        "y.npy,100,bert,run,,,40",
        "x.npy,100,ann,walk,6,10.9,30",
        "x.npy,100,ann,,4,6,30",
    )
    assert problems == {}
    assert list(found) == [2, 3]
    assert [tuple(label) for label in found[2].labels] == [
        (0.0, 4.0, "activity", "rest"),
        (6.0, 10.0, "activity", "walk"),
    ]
    assert (found[2].activity, found[2].subject) == (None, "ann")
    assert (found[3].activity, found[3].labels) == ("run", ())
    data = load_recordings(folder, preprocessor=Preprocessor(notch=None))
    assert data.classes["activity"] == ["rest", "run", "walk"]
    assert data.labels[:, 1].tolist() == ["rest", -1, "walk", "run", "run", "run"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("x.npy,100,ann,run,,", "listed already, on line 2; give both rows start and stop"),
        ("x.npy,100,bert,run,5,6", "subject is 'bert', but 'ann' for the same file on line 2"),
        ("x.npy,99,ann,run,5,6", "sampling_rate is '99', but '100'"),
        ("x.npy,100,ann,run,3,6", "start to stop overlaps with line 2"),
        ("x.npy,100,ann,run,6,5", "stop must be after start, got '6' and '5'"),
        ("x.npy,100,ann,run,-1,5", "start must be a number of seconds from 0, got '-1'"),
        ("x.npy,100,ann,run,now,5", "start must be a number of seconds from 0, got 'now'"),
    ],
)
def test_bad_rows_about_parts(folder, row, reason):
    found, problems = read_lines(folder, PARTS, "x.npy,100,ann,rest,0,4", row)
    assert list(found) == [2]
    assert reason in problems[3]


@pytest.mark.parametrize(("start", "stop"), [(10, ""), (5, 11.1), (5000, 9000)])
def test_parts_beyond_the_end(folder, start, stop):
    _, problems = read_lines(folder, PARTS, f"x.npy,100,ann,rest,{start},{stop}")
    assert "line 2 is about" in problems[2]
    assert "the recording has 10.000 s" in problems[2]


def test_events_of_files_count_if_the_row_states_no_activity(folder):
    rows = "".join(
        f"{i / 100:.2f}\t{np.sin(i):.3f}{'	#* run' if i == 500 else ''}\n" for i in range(1000)
    )
    (folder / "lab.txt").write_text("Interval=\t0.01 s\nChannelTitle=\tECG\n" + rows)
    for activity, labels in [("", [(5.0, 10.0, "activity", "run")]), ("rest", [])]:
        found, problems = read_lines(folder, HEADER, f"lab.txt,,ann,{activity}")
        assert problems == {}
        assert [tuple(label) for label in found[2].labels] == labels


def test_the_signals_of_a_record_without_a_suffix_are_not_read_elsewhere(tmp_path):
    wfdb = pytest.importorskip("wfdb")
    (tmp_path / "set").mkdir()
    x = np.random.default_rng(0).normal(size=(1000, 1)).round(2)
    wfdb.wrsamp("rec", 250, ["mV"], ["I"], x, fmt=["16"], write_dir=str(tmp_path / "set"))
    for name in ("rec", "rec.dat", "rec.hea"):
        found, problems = read_lines(tmp_path / "set", HEADER, f"{name},,ann,rest")
        assert (problems, list(found)) == ({}, [2])
    (tmp_path / "set" / "rec.dat").rename(tmp_path / "secret.dat")
    (tmp_path / "set" / "rec.dat").symlink_to(tmp_path / "secret.dat")
    for name in ("rec", "rec.hea"):
        _, problems = read_lines(tmp_path / "set", HEADER, f"{name},,ann,rest")
        assert "lies outside the manifest's folder" in problems[2]


def test_a_sidecar_is_not_read_elsewhere(tmp_path):
    (tmp_path / "set").mkdir()
    (tmp_path / "secret.json").write_text('{"SamplingFrequency": 7}')
    (tmp_path / "set" / "x.json").symlink_to(tmp_path / "secret.json")
    (tmp_path / "set" / "x.tsv").write_text("0.1\n0.2\n0.15\n")
    _, problems = read_lines(tmp_path / "set", HEADER, "x.tsv,100,ann,rest")
    assert "x.json is a link to another folder" in problems[2]


def test_plain_manifests_give_no_warning(folder):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_lines(folder, HEADER + ",age,device,notes,sex,site", "x.npy,100,ann,rest,,,,,")
