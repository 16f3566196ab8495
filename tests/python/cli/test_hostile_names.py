"""Labels and names from files cannot control the terminal, break a table or lose a result."""

import csv
import io

import numpy as np
import pytest
from support.command_line import strict_json, train
from support.ecg_sets import FOLDER_RATE as RATE

import dt4ecg
from dt4ecg.cli import main
from dt4ecg.datasets import simulate_cohort

ESCAPES = "\x1b[31mRED\x1b]0;title\x07\tcolumn\nline\u202e"
SHOWN = r"\x1b[31mRED\x1b]0;title\x07\x09column\x0aline\u202e"
FORMULA = r"$\frac$ <script> | a$b$c"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A folder of two people with hostile names, and what training on it printed."""
    folder = tmp_path_factory.mktemp("hostile") / "data\x1b[1m$_{$"
    folder.mkdir()
    rows = [("file", "sampling_rate", "subject", "activity")]
    recordings = simulate_cohort(
        subjects=2, activities=("rest", "exercise"), seconds=30, sampling_rate=RATE
    )
    for i, (recording, name) in enumerate(
        zip(recordings, (ESCAPES, ESCAPES, FORMULA, FORMULA), strict=True)
    ):
        np.save(folder / f"{i}.npy", recording.samples)
        rows.append((f"{i}.npy", str(RATE), name, recording.activity))
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    (folder / "manifest.csv").write_text(text.getvalue())
    return folder


@pytest.fixture(scope="module")
def run(hostile):
    run = hostile.parent / "run"
    assert main(train(hostile, run, 1)) == 0
    return run


def assert_harmless(printed: str) -> None:
    assert not [c for c in printed if not c.isprintable() and c not in "\t\n"]


def test_training_draws_the_labels_and_prints_no_escapes(hostile, tmp_path, capsys):
    assert main(train(hostile, tmp_path / "run", 1)) == 0
    printed = capsys.readouterr()
    assert_harmless(printed.out + printed.err)
    assert r"data\x1b[1m$_{$" in printed.out
    assert "\t" not in printed.out + printed.err
    pictures = {file.name for file in (tmp_path / "run").glob("*.png")}
    assert {"confusion_identity.png", "confusion_activity.png", "curves.png"} <= pictures
    assert dt4ecg.load(tmp_path / "run" / "model.safetensors").classes_[0].tolist() == sorted(
        [ESCAPES, FORMULA]
    )


def test_predictions_keep_one_line_per_segment(hostile, run, tmp_path, capsys):
    capsys.readouterr()
    command = ["predict", "--model", str(run), str(hostile / "0.npy"), "--sampling-rate", str(RATE)]
    assert main([*command, "--name-all", "--json", str(tmp_path / "rows.json")]) == 0
    printed = capsys.readouterr().out
    assert_harmless(printed)
    lines = [line.split("\t") for line in printed.splitlines()]
    assert {len(line) for line in lines} == {7}
    assert {line[3] for line in lines[1:]} <= {SHOWN, FORMULA}
    assert {row["identity"] for row in strict_json(tmp_path / "rows.json")} <= {ESCAPES, FORMULA}


def test_errors_and_warnings_print_no_escapes(hostile, run, tmp_path, capsys):
    absent = str(tmp_path / "absent\x1b[2J")
    assert main(["predict", "--model", absent, "x.npy"]) == 1
    assert main(["evaluate", "--model", str(run / "model.safetensors"), "--data", absent]) == 1
    assert main(["evaluate", "--model", str(run), "--data", str(hostile)]) == 0
    printed = capsys.readouterr()
    assert_harmless(printed.out + printed.err)
    assert r"\x1b[2J" in printed.err


@pytest.mark.filterwarnings("default:.*could not be drawn")
def test_a_picture_that_cannot_be_drawn_loses_no_result(hostile, tmp_path, capsys, monkeypatch):
    def fail(*_, **__):
        raise ArithmeticError("no font")

    monkeypatch.setattr("dt4ecg.plots.confusion_matrix", fail)
    results = tmp_path / "results.json"
    assert main([*train(hostile, tmp_path / "run", 1), "--json", str(results)]) == 0
    printed = capsys.readouterr()
    assert "confusion_identity.png could not be drawn: ArithmeticError('no font')" in printed.err
    assert "accuracy" in printed.out
    assert strict_json(results)["epochs"] == 1
    assert (tmp_path / "run" / "curves.png").exists()


def test_results_do_not_show_the_path_of_the_data(hostile, run, tmp_path):
    command = ["evaluate", "--model", str(run), "--json", str(tmp_path / "results.json")]
    assert main(command) == 0
    for file in (run / "metrics.json", run / "history.json", tmp_path / "results.json"):
        assert str(hostile.parent) not in file.read_text()
    assert strict_json(run / "metrics.json")["data"] == hostile.name
    assert strict_json(run / "config.json")["data"] == str(hostile)  # a resumed run needs it
    for file in ("model", "checkpoint"):
        assert str(hostile.parent).encode() not in (run / f"{file}.safetensors").read_bytes()
