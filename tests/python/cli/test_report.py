"""``dt4ecg report``: a finished run with its data becomes files."""

import json
import shutil

import numpy as np
import pytest
from support.command_line import strict_json

from dt4ecg import runs
from dt4ecg.cli import main


def test_a_report_has_the_scores_of_the_run(trained, tmp_path, capsys):
    out = tmp_path / "new" / "report"
    assert (
        main(["report", str(trained), "--out", str(out), "--json", str(tmp_path / "r.json")]) == 0
    )
    names = {file.name for file in out.iterdir()}
    assert {"report.html", "report.md", "report.tex", "report-curves.png"} <= names
    results = strict_json(trained / "metrics.json")
    report = strict_json(tmp_path / "r.json")
    for task in ("identity", "activity"):
        assert report["scores"][task]["correct"] == results[task]["correct"]
        assert report["scores"][task]["confusion"] == results[task]["confusion"]
    assert report["environment"] == results["environment"]
    assert "identity" in capsys.readouterr().out
    assert not (trained / "report.html").exists()


def copied(trained, tmp_path):
    run = tmp_path / "run"
    shutil.copytree(trained, run)
    return run


def test_changed_data_are_refused(trained, folder, tmp_path, capsys):
    run, data = copied(trained, tmp_path), tmp_path / "data"
    shutil.copytree(folder, data)
    config = json.loads((run / "config.json").read_text())
    (run / "config.json").write_text(json.dumps(config | {"data": str(data)}))
    assert main(["report", str(run)]) == 0
    np.save(data / "0.npy", np.load(data / "0.npy")[::-1])
    capsys.readouterr()
    assert main(["report", str(run)]) == 1
    assert "differ from those" in capsys.readouterr().err


def test_a_run_of_an_older_version_is_reported_with_a_warning(trained, tmp_path):
    run = copied(trained, tmp_path)
    results = strict_json(run / "metrics.json")
    del results["sha256"], results["environment"]
    (run / "metrics.json").write_text(json.dumps(results))
    with pytest.warns(UserWarning, match="digest"):
        loaded = runs.load(run)
    assert loaded.scores["identity"].correct == results["identity"]["correct"]
    report = loaded.report()
    assert report.to_dict()["environment"] == {}
    assert (
        report.to_markdown()
        .rstrip()
        .endswith(
            "## Environment of the training\n\n"
            "Unknown: an older version made the run, which did not store it."
        )
    )


@pytest.mark.parametrize(
    ("change", "what"),
    [({"protocol": "random"}, "protocol 'random'"), ({"test_size": 0.5}, "n_train")],
)
def test_another_split_is_refused(trained, tmp_path, change, what, capsys):
    run = copied(trained, tmp_path)
    config = json.loads((run / "config.json").read_text())
    (run / "config.json").write_text(json.dumps(config | change))
    assert main(["report", str(run)]) == 1
    shown = capsys.readouterr().err
    assert str(run / "config.json") in shown
    assert f"its split has {what}" in shown


@pytest.mark.parametrize("value", [[1], "x", 5, None, {"torch": 5}])
def test_a_damaged_environment_names_the_file(trained, tmp_path, value):
    run = copied(trained, tmp_path)
    results = strict_json(run / "metrics.json")
    (run / "metrics.json").write_text(json.dumps(results | {"environment": value}))
    with pytest.raises(ValueError, match=r"metrics\.json is damaged: the entry 'environment'"):
        runs.load(run)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "metrics.json"])
def test_an_unfinished_run_is_refused(trained, tmp_path, name, capsys):
    run = copied(trained, tmp_path)
    (run / name).unlink()
    assert main(["report", str(run)]) == 1
    assert f"{name} is missing" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "content"), [("metrics.json", "{"), ("metrics.json", "[]"), ("config.json", "{}")]
)
def test_damaged_files_are_refused(trained, tmp_path, name, content, capsys):
    run = copied(trained, tmp_path)
    (run / name).write_text(content)
    assert main(["report", str(run)]) == 1
    assert name in capsys.readouterr().err
