"""``dt4ecg datasets`` and ``dt4ecg info``."""

from support.command_line import strict_json

from dt4ecg.cli import main


def test_datasets_and_info_list_folders(tmp_path, capsys):
    file = tmp_path / "facts.json"
    assert main(["datasets"]) == 0
    assert "paper-cohort" in capsys.readouterr().out
    assert main(["datasets", "show", "motion-ecg"]) == 0
    assert "GPL-3.0" in capsys.readouterr().out
    assert main(["info", "--json", str(file)]) == 0
    assert strict_json(file)["paper-cohort"].startswith("simulated")


def test_fetch_prints_the_folder_of_the_set(monkeypatch, capsys, tmp_path):
    fetched = []
    monkeypatch.setattr("dt4ecg.datasets.fetch", lambda name: fetched.append(name) or tmp_path)
    file = tmp_path / "set.json"
    assert main(["datasets", "fetch", "motion-ecg", "--json", str(file)]) == 0
    assert fetched == ["motion-ecg"]
    assert capsys.readouterr().out == f"{tmp_path}\n"
    (row,) = strict_json(file)
    assert (row["name"], row["licence"]) == ("motion-ecg", "GPL-3.0")


def test_only_published_sets_can_be_fetched(capsys):
    assert main(["datasets", "fetch", "paper-cohort"]) == 2
    assert "invalid choice" in capsys.readouterr().err
