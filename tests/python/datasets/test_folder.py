"""A user's own folder: good recordings load, and bad ones are reported all at once."""

import re

import numpy as np
import pytest
from support.ecg_sets import Windows

from dt4ecg import Preprocessor
from dt4ecg.datasets import load_recordings

HEADER = "file,sampling_rate,subject,activity"
RATE = 20


def signal(seconds=10.0, leads=None, seed=0):
    length = round(seconds * RATE)
    shape = (length,) if leads is None else (leads, length)
    return np.random.default_rng(seed).normal(size=shape)


def write_manifest(folder, *rows, header=HEADER):
    (folder / "manifest.csv").write_text("\n".join([header, *rows]) + "\n")
    return folder


def load(folder, **options):
    return load_recordings(folder, preprocessor=Windows(), **options)


def test_every_format_gives_the_same_segments(tmp_path):
    x = signal()
    np.save(tmp_path / "a.npy", x)
    np.save(tmp_path / "b.npy", x[None])
    np.savez_compressed(tmp_path / "c.npz", x)
    np.savetxt(tmp_path / "d.csv", x)
    rows = [f"{file},20,ann,rest" for file in ("a.npy", "b.npy", "c.npz", "d.csv")]
    data = load(write_manifest(tmp_path, *rows))
    assert data.X.shape == (12, 1, 60)
    assert (data.X.reshape(4, 3, 60) == data.X[:3, 0]).all()
    assert data.name == tmp_path.name
    assert data.classes == {"identity": ["ann"], "activity": ["rest"]}


def test_wfdb_records_are_listed_by_their_header(tmp_path):
    import wfdb

    x = np.random.default_rng(0).normal(size=(2500, 2)).round(2)
    wfdb.wrsamp("rec", 250, ["mV"] * 2, ["I", "II"], x, fmt=["16"] * 2, write_dir=str(tmp_path))
    data = load_recordings(write_manifest(tmp_path, "rec.hea,,ann,rest"), mains_frequency=50)
    expected = Preprocessor(notch=50).transform(x.T, 250)
    np.testing.assert_allclose(data.X, expected, atol=1e-3)


def test_optional_columns(tmp_path):
    np.save(tmp_path / "x.npy", signal())
    header = HEADER + ",session,gaps,mains_frequency"
    folder = write_manifest(tmp_path, "x.npy, 20, a, , monday, 70 75, 50", header=header)
    data = load(folder / "manifest.csv")
    assert data.meta["session"].tolist() == ["monday"] * 3
    assert data.meta["start"].tolist() == [0.0, 3.75, 6.75]
    assert data.y[:, 1].tolist() == [-1] * 3
    assert data.classes["activity"] == []


def test_all_problems_are_reported_at_once_and_skipped_on_request(tmp_path):
    np.save(tmp_path / "good.npy", signal())
    np.save(tmp_path / "nan.npy", np.full(200, np.nan))
    folder = write_manifest(
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
    assert text.endswith('correct them, or pass on_error="skip" to load the others')
    with pytest.warns(UserWarning, match="5 of 6 recordings cannot be used") as caught:
        data = load(folder, on_error="skip")
    assert len(caught) == 1
    assert "on_error" not in str(caught[0].message)
    assert caught[0].filename == __file__
    assert set(data.meta["recording"]) == {"good.npy"}


def test_another_number_of_leads_excludes_that_recording_only(tmp_path):
    np.save(tmp_path / "two.npy", signal(leads=2))
    np.save(tmp_path / "one.npy", signal())
    np.save(tmp_path / "uno.npy", signal(seed=1))
    folder = write_manifest(tmp_path, "two.npy,20,a,rest", "one.npy,20,a,rest", "uno.npy,20,b,rest")
    reason = r"line 2: two.npy: gives segments of \(2, 60\) .* most recordings give \(1, 60\)"
    with pytest.raises(ValueError, match=reason):
        load(folder)
    with pytest.warns(UserWarning, match=reason):
        data = load(folder, on_error="skip")
    assert set(data.meta["recording"]) == {"one.npy", "uno.npy"}
    assert data.groups.tolist() == [0] * 3 + [1] * 3


def test_of_two_equally_common_shapes_the_first_is_kept(tmp_path):
    np.save(tmp_path / "two.npy", signal(leads=2))
    np.save(tmp_path / "one.npy", signal())
    folder = write_manifest(tmp_path, "two.npy,20,a,rest", "one.npy,20,a,rest")
    with pytest.warns(UserWarning, match=r"line 3: one.npy: gives segments of \(1, 60\)"):
        data = load(folder, on_error="skip")
    assert data.X.shape == (3, 2, 60)


def test_other_mains_exclude_that_recording_only(tmp_path):
    rows = []
    for i, mains in enumerate(("50", "60", "50")):
        np.save(tmp_path / f"{i}.npy", np.random.default_rng(i).normal(size=2000))
        rows.append(f"{i}.npy,200,a,rest,{mains}")
    folder = write_manifest(tmp_path, *rows, header=HEADER + ",mains_frequency")
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


def test_rows_without_mains_have_the_papers(tmp_path):
    np.save(tmp_path / "x.npy", np.random.default_rng(0).normal(size=2000))
    folder = write_manifest(tmp_path, "x.npy,200,a,rest")
    assert load_recordings(folder).preprocessor.notch == 60.0
    assert load_recordings(folder, mains_frequency=50).preprocessor.notch == 50.0


@pytest.mark.parametrize(("notch", "expected"), [(60.0, 50.0), (None, None)])
def test_the_notch_moves_to_the_mains_on_request(notch, expected, tmp_path):
    np.save(tmp_path / "x.npy", np.random.default_rng(0).normal(size=2000))
    folder = write_manifest(tmp_path, "x.npy,200,a,rest,50", header=HEADER + ",mains_frequency")
    mine = Preprocessor(notch=notch, highpass=1.0, normalize="training")
    mine.limits_ = np.array([[-2.0, 2.0]])
    assert load_recordings(folder, preprocessor=mine).preprocessor is mine
    used = load_recordings(folder, preprocessor=mine, retune_notch=True).preprocessor
    assert used.to_dict() == mine.to_dict() | {"notch": expected}
    assert mine.notch == notch


def test_skipping_every_recording_is_an_error(tmp_path):
    folder = write_manifest(tmp_path, "missing.npy,20,a,rest", "absent.npy,20,a,rest")
    for on_error in ("raise", "skip"):
        with pytest.raises(ValueError, match="2 of 2 recordings cannot be used") as error:
            load(folder, on_error=on_error)
        assert "on_error" not in str(error.value)


def test_a_rate_too_low_for_the_notch_names_the_remedies(tmp_path):
    np.save(tmp_path / "slow.npy", np.random.default_rng(0).normal(size=1000))
    write_manifest(tmp_path, "slow.npy,100,a,rest")
    with pytest.raises(ValueError, match=r"line 2: slow.npy: .*60 Hz .*above 120 Hz.*notch=None"):
        load_recordings(tmp_path)
    data = load_recordings(tmp_path, mains_frequency=40)
    assert data.X.shape == (3, 1, 300)
    assert data.preprocessor.notch == 40


@pytest.mark.parametrize(
    ("gaps", "longest"), [("", None), ("50", "2.50"), ("60", None), ("40", None), ("41 90", "2.45")]
)
def test_a_recording_needs_one_stretch_as_long_as_a_segment(tmp_path, gaps, longest):
    """A segment has 60 samples, the recording 100."""
    np.save(tmp_path / "x.npy", signal(seconds=5))
    write_manifest(tmp_path, f"x.npy,20,a,rest,{gaps}", header=HEADER + ",gaps")
    if longest is None:
        assert len(load(tmp_path)) == 1
        return
    with pytest.raises(
        ValueError, match=rf"line 2: x.npy: its longest stretch without a gap, {longest} s, is"
    ):
        load(tmp_path)


def test_damaged_files_are_reported_with_their_line(tmp_path):
    (tmp_path / "x.npy").write_bytes(b"garbage, certainly not an array")
    np.save(tmp_path / "good.npy", signal())
    write_manifest(tmp_path, "good.npy,20,a,rest", "x.npy,20,a,rest")
    with pytest.raises(ValueError, match=r"(?s)1 of 2 .*  line 3: x.npy: not a sound NPY header"):
        load(tmp_path)


def test_a_folder_without_a_manifest(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no manifest at .*manifest.csv; it is a CSV file"):
        load(tmp_path)


def test_on_error_is_checked_first(tmp_path):
    with pytest.raises(ValueError, match="'raise' or 'skip', got 'ignore'"):
        load(tmp_path, on_error="ignore")


@pytest.mark.parametrize("mains", [float("nan"), 0.0, -50.0, 1000.1])
def test_illegal_mains_frequencies(tmp_path, mains):
    folder = write_manifest(tmp_path, "x.npy,200,a,rest")
    with pytest.raises(ValueError, match="mains_frequency must lie above 0 and up to 1000 Hz"):
        load_recordings(folder, mains_frequency=mains)


def test_the_highest_legal_mains_frequency(tmp_path):
    np.save(tmp_path / "x.npy", np.random.default_rng(0).normal(size=20_000))
    folder = write_manifest(tmp_path, "x.npy,4000,a,rest")
    assert load_recordings(folder, mains_frequency=1000).preprocessor.notch == 1000


def test_the_sources_say_what_was_read(tmp_path):
    noise = np.random.default_rng(0).normal(size=2000)
    rows = "\n".join(f"{v},{i / 250}" for i, v in enumerate(noise))
    (tmp_path / "a.csv").write_text(f"ecg,time\n{rows}")
    np.save(tmp_path / "b.npy", noise)
    (tmp_path / "manifest.csv").write_text("file,subject,activity\na.csv,A,rest\nb.npy,B,rest\n")
    data = load_recordings(tmp_path, sampling_rate=250)
    first, second = data.sources
    assert "a.csv: 1 lead (ecg), 8.0 s at 250 Hz" in first
    assert "left out: column 1 (time)" in first
    assert "b.npy: 1 lead, 8.0 s at 250 Hz (argument)" in second
    with pytest.raises(ValueError, match="the sampling rate is not in the file"):
        load_recordings(tmp_path)
