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
