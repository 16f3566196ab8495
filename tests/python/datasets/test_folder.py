"""A user's own files: what is good loads, what is bad is told all at once."""

import io
import re
import zipfile

import numpy as np
import pytest
from support.ecg_sets import Windows

from dt4ecg import Preprocessor
from dt4ecg.datasets import load_recordings

HEADER = "file,sampling_rate,subject,activity"
RATE = 20


def signal(seconds=10, leads=None, seed=0):
    shape = (seconds * RATE,) if leads is None else (leads, seconds * RATE)
    return np.random.default_rng(seed).normal(size=shape)


def manifest(folder, *rows, header=HEADER):
    (folder / "manifest.csv").write_text("\n".join([header, *rows]) + "\n")
    return folder


def load(folder, **options):
    return load_recordings(folder, preprocessor=Windows(), **options)


def problem_of(folder, row, header=HEADER):
    """What is said about a single bad row, beside a good one that must not be blamed."""
    np.save(folder / "good.npy", signal())
    manifest(folder, "good.npy,20,a,rest" + "," * header.count(",session"), row, header=header)
    with pytest.raises(ValueError, match="1 of 2 recordings cannot be used") as error:
        load(folder)
    (line,) = [text for text in str(error.value).splitlines() if text.startswith("  line ")]
    assert line.startswith("  line 3: ")
    return line


def test_every_kind_of_file_gives_the_same_segments(tmp_path):
    x = signal()
    np.save(tmp_path / "a.npy", x)
    np.save(tmp_path / "b.npy", x[None])
    np.save(tmp_path / "fortran.npy", np.asfortranarray(np.stack([x, x])))
    np.savez_compressed(tmp_path / "c.npz", x)
    np.savetxt(tmp_path / "d.csv", x)
    (tmp_path / "e.CSV").write_text("\ufeffECG I\r\n" + "\r\n".join(map(repr, x.tolist())) + "\r\n")
    rows = [f"{file},20,ann,rest" for file in ("a.npy", "b.npy", "c.npz", "d.csv", "e.CSV")]
    data = load(manifest(tmp_path, *rows))
    assert data.X.shape == (15, 1, 60)
    assert (data.X.reshape(5, 3, 60) == data.X[:3, 0]).all()
    assert data.name == tmp_path.name
    assert data.classes == {"identity": ["ann"], "activity": ["rest"]}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "  "])
def test_columns_are_leads(tmp_path, delimiter):
    x = signal(leads=2)
    lines = [delimiter.join(map(repr, pair)) for pair in x.T.tolist()]
    (tmp_path / "x.csv").write_text("\n".join(lines))
    data = load(manifest(tmp_path, "x.csv,20,a,rest"))
    assert data.X.shape == (3, 2, 60)
    assert data.X[0] == pytest.approx(x[:, :60].astype(np.float32))


def test_optional_columns(tmp_path):
    np.save(tmp_path / "x.npy", signal())
    header = HEADER + ",session,gaps,mains_frequency"
    folder = manifest(tmp_path, "x.npy, 20, a, , monday, 70 75, 50", header=header)
    data = load(folder / "manifest.csv")
    assert data.meta["session"].tolist() == ["monday"] * 3
    assert data.meta["start"].tolist() == [0.0, 3.75, 6.75]
    assert data.y[:, 1].tolist() == [-1] * 3
    assert data.classes["activity"] == []


def test_all_problems_are_reported_at_once_and_skipped_on_request(tmp_path):
    np.save(tmp_path / "good.npy", signal())
    np.save(tmp_path / "nan.npy", np.full(200, np.nan))
    folder = manifest(
        tmp_path,
        "missing.npy,20,a,rest",
        "good.npy,20,a,rest",
        "good.npy,20,b,rest",
        "nan.npy,20,a,run",
        "x.npy,fast,a,run",
        "x.npy,20,a",
    )
    with pytest.raises(ValueError, match=r"5 of 6 recordings cannot be used") as error:
        load(folder)
    text = str(error.value)
    assert [int(n) for n in re.findall(r"^  line (\d+): ", text, re.M)] == [2, 4, 5, 6, 7]
    for reason in ("no such file", "listed already, on line 3", "not finite", "'fast'", "cells"):
        assert reason in text
    assert 'on_error="skip"' in text
    with pytest.warns(UserWarning, match="5 of 6 recordings cannot be used") as warned:
        data = load(folder, on_error="skip")
    assert len(warned) == 1
    assert set(data.meta["recording"]) == {"good.npy"}


def test_another_number_of_leads_costs_that_recording_only(tmp_path):
    np.save(tmp_path / "two.npy", signal(leads=2))
    np.save(tmp_path / "one.npy", signal())
    np.save(tmp_path / "uno.npy", signal(seed=1))
    folder = manifest(tmp_path, "two.npy,20,a,rest", "one.npy,20,a,rest", "uno.npy,20,b,rest")
    reason = r"line 2: two.npy: gives segments of \(2, 60\) .* most recordings give \(1, 60\)"
    with pytest.raises(ValueError, match=reason):
        load(folder)
    with pytest.warns(UserWarning, match=reason):
        data = load(folder, on_error="skip")
    assert set(data.meta["recording"]) == {"one.npy", "uno.npy"}
    assert data.groups.tolist() == [0] * 3 + [1] * 3


def test_other_mains_cost_that_recording_only(tmp_path):
    rows = []
    for i, mains in enumerate(("50", "60", "50")):
        np.save(tmp_path / f"{i}.npy", np.random.default_rng(i).normal(size=2000))
        rows.append(f"{i}.npy,200,a,rest,{mains}")
    folder = manifest(tmp_path, *rows, header=HEADER + ",mains_frequency")
    reason = "line 3: 1.npy: mains at 60 Hz, where the notch of most recordings is at 50 Hz"
    with pytest.raises(ValueError, match=reason):
        load_recordings(folder)
    with pytest.warns(UserWarning, match=reason):
        data = load_recordings(folder, on_error="skip")
    assert data.preprocessor.notch == 50
    assert set(data.meta["recording"]) == {"0.npy", "2.npy"}
    one_for_all = load_recordings(folder, preprocessor=Preprocessor(notch=60))
    assert len(one_for_all) == 9
    assert one_for_all.preprocessor.notch == 60


@pytest.mark.parametrize(("notch", "expected"), [(60.0, 50.0), (None, None)])
def test_a_preprocessor_follows_the_mains_on_request(notch, expected, tmp_path):
    np.save(tmp_path / "x.npy", np.random.default_rng(0).normal(size=2000))
    folder = manifest(tmp_path, "x.npy,200,a,rest,50", header=HEADER + ",mains_frequency")
    mine = Preprocessor(notch=notch, highpass=1.0, normalize="training")
    mine.limits_ = np.array([[-2.0, 2.0]])
    used = load_recordings(folder, preprocessor=mine, retune_notch=True).preprocessor
    assert used.to_dict() == mine.to_dict() | {"notch": expected}
    assert mine.notch == notch


def test_skipping_everything_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="1 of 1 recordings cannot be used"):
        load(manifest(tmp_path, "missing.npy,20,a,rest"), on_error="skip")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",20,a,rest", "file is empty"),
        ("x.npy,20,,rest", "subject is empty"),
        ("x.npy,0,a,rest", "sampling_rate must be a number in (0, 100000] Hz, got '0'"),
        ("x.npy,nan,a,rest", "got 'nan'"),
        ("x.npy,20,a,rest,extra", "more or fewer cells"),
        ("../outside.npy,20,a,rest", "outside the manifest's folder"),
        ("/etc/passwd,20,a,rest", "outside the manifest's folder"),
        ("manifest.txt,20,a,rest", "no such file"),
        ("notes.dat,20,a,rest", "unknown kind of file; known: .csv, .txt, .npy, .npz, .hea"),
    ],
)
def test_bad_rows(tmp_path, row, reason):
    (tmp_path / "notes.dat").write_text("hello")
    assert reason in problem_of(tmp_path, row)


def test_a_rate_too_low_for_the_notch_tells_the_ways_out(tmp_path):
    np.save(tmp_path / "slow.npy", np.random.default_rng(0).normal(size=1000))
    manifest(tmp_path, "slow.npy,100,a,rest")
    with pytest.raises(ValueError, match=r"line 2: slow.npy: .*60 Hz .*above 120 Hz.*notch=None"):
        load_recordings(tmp_path)
    data = load_recordings(tmp_path, mains_frequency=40)
    assert data.X.shape == (3, 1, 300)
    assert data.preprocessor.notch == 40


def test_bad_gaps(tmp_path):
    np.save(tmp_path / "x.npy", signal())
    header = HEADER + ",session,gaps"
    np.save(tmp_path / "good.npy", signal())
    manifest(tmp_path, "x.npy,20,a,rest,,1.5", "good.npy,20,a,rest,,900", header=header)
    with pytest.raises(ValueError, match=r"(?s)got '1.5'.*inside the 200 samples, got \(900,\)"):
        load(tmp_path)


def test_a_link_does_not_lead_outside(tmp_path):
    (tmp_path / "set").mkdir()
    np.save(tmp_path / "secret.npy", signal())
    (tmp_path / "set" / "x.npy").symlink_to(tmp_path / "secret.npy")
    assert "outside the manifest's folder" in problem_of(tmp_path / "set", "x.npy,20,a,rest")


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
    stream = io.BytesIO()
    header = {"descr": "<f8", "fortran_order": False, "shape": (10**13,)}
    np.lib.format.write_array_header_1_0(stream, header)
    return stream.getvalue() + bytes(100)


@pytest.mark.parametrize(
    ("file", "content", "reason"),
    [
        ("x.npy", b"", "magic"),
        ("x.npy", b"garbage, certainly no array", "magic"),
        ("x.npy", npy(signal())[:500], "more than the file holds"),
        ("x.npy", huge_npy(), "more than the file holds"),
        ("x.npy", npy(np.array([{}], dtype=object)), "real numbers, got object"),
        ("x.npy", npy(signal().astype(complex)), "real numbers, got complex128"),
        ("x.npy", npy(np.zeros((2, 3, 400))), "got (2, 3, 400)"),
        ("x.npy", npy(signal(leads=3).T), "more than 64"),
        ("x.npy", npy(np.zeros((30, 20))), "transpose it"),
        ("x.npy", npy(np.arange(200.0)), "column 0 rises throughout, as a clock does"),
        ("x.npy", npy(signal(seconds=2)), "2.00 s, is shorter than a segment of 3 s"),
        ("x.npz", b"PK\x03\x04 cut short", "not a sound .npz file"),
        ("x.npz", npz(("a.npy", npy(signal())), ("b.npy", npy(signal()))), "holds 2: a.npy, b.npy"),
        ("x.npz", npz(("a.npy", huge_npy())), "more than the file holds"),
        ("x.csv", b"", "no samples"),
        ("x.csv", b"ecg\n", "no samples"),
        ("x.csv", b"ecg\n1\n2\ntwo\n", "could not convert string 'two'"),
        ("x.csv", b"a,b\n1,2\n3\n", "use one number per lead"),
        ("x.csv", bytes(range(128, 256)), "decode"),
        (
            "x.csv",
            b"t,ecg\n" + b"".join(b"%f,1\n" % (i / 20) for i in range(200)),
            "leave time out",
        ),
    ],
)
def test_bad_files(tmp_path, file, content, reason):
    (tmp_path / file).write_bytes(content)
    problem = problem_of(tmp_path, f"{file},20,a,rest")
    assert file in problem
    assert reason in problem


def test_files_beyond_any_recording_are_not_read(tmp_path):
    with open(tmp_path / "x.npy", "wb") as file:
        file.truncate(2**31)
    assert "2147483648 bytes is more than one recording may have" in problem_of(
        tmp_path, "x.npy,20,a,rest"
    )


def test_paths_and_headers_that_lead_nowhere(tmp_path):
    (tmp_path / "x.npy").symlink_to("x.npy")
    assert "is not the path of a file" in problem_of(tmp_path, "x.npy,20,a,rest")
    np.save(tmp_path / "y.npy", np.zeros(0))
    header = (tmp_path / "y.npy").read_bytes()
    (tmp_path / "y.npy").write_bytes(header.replace(b"(0,), }", b"(-1,),}"))
    assert "header promises" in problem_of(tmp_path, "y.npy,20,a,rest")
    (tmp_path / "z.csv").write_text("0,5;1,5\n" * 100)
    assert "decimal points" in problem_of(tmp_path, "z.csv,20,a,rest")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "missing file, missing sampling_rate, missing subject, missing activity"),
        (b"file,fs,subject,activity\nx.npy,20,a,rest\n", "missing sampling_rate, unknown 'fs'"),
        (b"file,file,sampling_rate,subject,activity\n", "columns: file twice"),
        (HEADER.encode(), "lists no recordings"),
        (HEADER.encode() + b"\n\xff\xfe,1,a,b\n", "not a CSV file in UTF-8"),
        (HEADER.encode() + b'\n"open quote', "not a CSV file"),
    ],
)
def test_bad_manifests(tmp_path, content, reason):
    (tmp_path / "manifest.csv").write_bytes(content)
    with pytest.raises(ValueError, match=re.escape(reason)):
        load(tmp_path)


def test_no_manifest(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"no manifest at .*; it is a CSV file with the columns"
    ):
        load(tmp_path)


def test_on_error_is_checked_first(tmp_path):
    with pytest.raises(ValueError, match="'raise' or 'skip', got 'ignore'"):
        load(tmp_path, on_error="ignore")


@pytest.mark.parametrize("seed", range(20))
def test_damaged_files_are_refused_or_read_never_worse(tmp_path, seed):
    rng = np.random.default_rng(seed)
    np.save(tmp_path / "good.npy", signal())
    for file, content in (("x.npy", npy(signal())), ("x.npz", npz(("a.npy", npy(signal()))))):
        damaged = bytearray(content[: rng.integers(1, len(content) + 1)])
        for place in rng.integers(0, min(len(damaged), 200), 4):
            damaged[place] = rng.integers(256)
        (tmp_path / file).write_bytes(damaged)
        manifest(tmp_path, "good.npy,20,a,rest", f"{file},20,a,rest")
        problem = None
        try:
            load(tmp_path)
        except ValueError as error:
            problem = str(error)
        assert problem is None or f"line 3: {file}: " in problem


@pytest.mark.parametrize("mains", [float("nan"), 0.0, -50.0, 2000.0])
def test_a_mains_frequency_that_cannot_be(tmp_path, mains):
    folder = manifest(tmp_path, "x.npy,200,a,rest")
    with pytest.raises(ValueError, match="mains_frequency must lie above 0"):
        load_recordings(folder, mains_frequency=mains)
