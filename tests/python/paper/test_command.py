"""The options of ``dt4ecg reproduce``, and the mistakes in them."""

import json
import os
import re

import pytest
from support.reproduced import cell_files

from dt4ecg.cli import main, parser
from dt4ecg.paper import FIGURES, PRESETS, TABLES, command
from dt4ecg.paper.run import grid
from dt4ecg.paper.run.compute import compute


def test_the_options_name_every_table_and_figure():
    assert {"table": tuple(TABLES), "figure": tuple(FIGURES)} == command.NAMES
    assert set(PRESETS) == {"paper", "quick"}


@pytest.mark.parametrize(
    ("option", "least"), [("--jobs", 1), ("--seeds", 1), ("--epochs", 1), ("--subjects", 2)]
)
def test_numbers_from_the_least_one_are_accepted(option, least, capsys):
    read = parser("reproduce").parse_args
    assert vars(read(["reproduce", option, str(least)]))[option.strip("-")] == least
    with pytest.raises(SystemExit):
        read(["reproduce", option, str(least - 1)])
    assert f"must be from {least} to" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        ([], 1, "--table I, --figure 6 (several names may follow) or --all"),
        (["--table", "V"], 2, "'V'"),
        (["--figure", "1"], 2, "'1'"),
        (["--table", "I", "--data", "nowhere"], 1, "nowhere"),
        (["--table", "I", "--preset", "slow"], 2, "'slow'"),
        (["--table", "I", "--seeds", "0"], 2, "must be from 1"),
        (["--table", "I", "--networks", "vgg"], 1, "unknown network 'vgg'; choose from lstm,"),
        (["--table", "III", "--networks", "lstm", "--preset", "quick"], 1, "has none of the netw"),
        (["--table", "IV", "--networks", "resnet"], 1, "add one of these tables"),
        (["--index", ".", "--report-only"], 1, "remove --json and --report-only"),
        (["--table", "I", "--jobs", "2", "--dask", "x"], 2, "not allowed with"),
    ],
)
def test_mistakes_are_one_readable_line(arguments, status, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["reproduce", *arguments]) == status
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error
    assert not os.listdir(tmp_path)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--all", "--jobs", "2"], "--all --data paper-cohort --protocol random --preset paper"),
        (
            ["--table", "I", "--seeds", "2", "--preset", "quick", "--quiet"],
            "--table I --data paper-cohort --protocol random --preset quick --seeds 2",
        ),
    ],
)
def test_a_report_states_the_command_without_what_changes_no_number(options, expected):
    arguments = parser("reproduce").parse_args(["reproduce", *options])
    tables = () if "--all" in options else ("I",)
    assert command._command(arguments, tables, ()) == f"dt4ecg reproduce {expected}"


def test_a_failed_cell_does_not_stop_the_others(tmp_path, monkeypatch, capsys):
    def failing(cell):
        if cell.tasks == ("activity",):
            raise RuntimeError("no memory left")
        return compute(cell)

    monkeypatch.setattr(grid, "compute", failing)
    run = ["reproduce", "--table", "IV", "--preset", "quick", "--seeds", "1", "--quiet"]
    run += ["--out", str(tmp_path), "--json", str(tmp_path / "failed.json")]
    assert main(run) == 1
    errors = capsys.readouterr().err
    assert "resnet-sca-none-activity-1epochs-random-seed0" in errors
    assert "Traceback" in errors
    assert "no memory left" in errors
    assert "1 cell failed, 4 finished" in errors
    report = (tmp_path / "report.md").read_text()
    assert re.search(r"activity alone .* failed: RuntimeError: no memory left", report)
    assert len(json.loads((tmp_path / "failed.json").read_text())["failures"]) == 1
    assert len(cell_files(tmp_path)) == 4
    monkeypatch.undo()
    assert main(run) == 0


def test_ctrl_c_keeps_finished_cells(tmp_path, monkeypatch, capsys):
    def interrupted(cell):
        if cell.weighting == "paper":
            raise KeyboardInterrupt
        return compute(cell)

    monkeypatch.setattr(grid, "compute", interrupted)
    run = ["reproduce", "--table", "IV", "--preset", "quick", "--seeds", "1", "--quiet"]
    assert main([*run, "--out", str(tmp_path)]) == 1
    assert "the same command continues" in capsys.readouterr().err
    assert len(cell_files(tmp_path)) == 1


def test_an_index_excludes_tables(tmp_path, capsys):
    assert main(["reproduce", "--index", str(tmp_path), "--table", "I"]) == 1
    assert "--index FOLDER" in capsys.readouterr().err
