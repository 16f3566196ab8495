"""The page over finished runs."""

import json
from dataclasses import replace

import pytest
from support.reproduced import PLAN, cells, history, rows_of

from dt4ecg.cli import main
from dt4ecg.paper import index
from dt4ecg.paper.design import tables
from dt4ecg.paper.judge.claims import CLAIMS
from dt4ecg.paper.judge.verdicts import FAILS, HOLDS, OPEN
from dt4ecg.paper.report.summary import summary as summary_of


def run_of(folder, plan, right, simulated):
    """Write the summary of a run of Table IV."""
    table = tables.table_iv(plan)
    results = cells(table, right, history=history([0.95] * 20))
    for result in results.values():
        result.data["simulated"] = simulated
    folder.mkdir()
    summary = summary_of(plan, [table], [], results, f"dt4ecg reproduce {folder.name}")
    (folder / "summary.json").write_text(json.dumps(summary))
    return results


@pytest.fixture
def runs(tmp_path):
    run_of(tmp_path / "a-random", PLAN, lambda _: 190, simulated=True)
    gains = lambda label: 199 if label.startswith("GradNorm") else 150  # noqa: E731
    run_of(tmp_path / "b-blocked", replace(PLAN, protocol="blocked"), gains, simulated=False)
    (tmp_path / "unfinished").mkdir()
    return tmp_path


def test_page(runs, capsys):
    assert main(["reproduce", "--index", str(runs)]) == 0
    assert capsys.readouterr().out.strip() == str(runs / "README.md")
    page = (runs / "README.md").read_text()
    rows = rows_of(page)
    assert {claim.text for claim in CLAIMS} <= {row[0] for row in rows}
    assert "\n| claim | run | verdict | numbers |\n" in page
    assert "\n| run | data | held out for the test | parts | seeds | cells |\n" in page

    at = next(i for i, row in enumerate(rows) if row[0].startswith("At 20 epochs GradNorm"))
    claim, run, verdict, numbers = rows[at]
    assert "points of identity" in claim
    assert run == "[a-random](a-random/report.md), simulated"
    assert verdict == f"**{FAILS}**"
    assert numbers.startswith("identity +0.00 points")
    claim, run, verdict, numbers = rows[at + 1]
    assert (claim, verdict) == ("", f"**{HOLDS}**")
    assert run == "[b-blocked](b-blocked/report.md)"
    assert numbers.startswith("identity +24.50 points")

    (lonely,) = (row for row in rows if row[0].startswith("SCA gives"))
    assert lonely[1:3] == ["", f"**{OPEN}**"]
    assert "Simulated: a-random." in page
    (_, described) = (row for row in rows if row[0].startswith("[b-blocked]"))
    assert described[1:] == [
        "made, 2 people",
        "blocked: a stretch of each recording",
        "Table IV",
        "0, 1, 2",
        "15 of 15",
    ]
    assert "dt4ecg reproduce b-blocked --out b-blocked\ndt4ecg reproduce --index .\n" in page


def test_the_page_begins_with_the_numbers_of_verdicts(tmp_path):
    stuck = [0.95] * 20
    table = tables.table_iv(PLAN)
    results = cells(table, lambda _: 150, history=history(stuck, weight=0.0))
    (tmp_path / "run").mkdir()
    summary = summary_of(PLAN, [table], [], results, "dt4ecg reproduce")
    (tmp_path / "run" / "summary.json").write_text(json.dumps(summary))
    head, _, counts, *_ = rows_of(index(tmp_path).read_text())
    assert head[:4] == ["run", HOLDS, FAILS, OPEN]
    # Hold: both pass 90 %, and two tasks cost nothing. Fail: the weights, and both gains with
    # the GradNorm of Chen et al. Follow: both gains with Algorithm 1.
    assert counts[1:] == ["3", "3", "0", "2"]


def test_the_same_runs_give_the_same_bytes(runs):
    first = index(runs).read_bytes()
    assert index(runs).read_bytes() == first


def test_a_summary_by_an_older_rule_is_named(runs):
    path = runs / "b-blocked" / "summary.json"
    summary = json.loads(path.read_text())
    summary["claims"][0]["rule"] = "Holds."
    path.write_text(json.dumps(summary))
    with pytest.raises(ValueError, match=r"b-blocked/summary.json is damaged or"):
        index(runs)


@pytest.mark.parametrize("damage", ["{", "[]", '{"claims": []}'])
def test_a_damaged_summary_is_named(runs, damage, capsys):
    (runs / "b-blocked" / "summary.json").write_text(damage)
    assert main(["reproduce", "--index", str(runs)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "b-blocked/summary.json is damaged" in line
    assert not (runs / "README.md").exists()


@pytest.mark.parametrize(
    ("key", "value"),
    [("numbers", 5), ("verdict", "magic"), ("verdict", ["x"]), ("of", None), ("tables", [1])],
)
def test_a_summary_with_other_types_is_named(runs, key, value, capsys):
    path = runs / "b-blocked" / "summary.json"
    summary = json.loads(path.read_text())
    (summary if key in summary else summary["claims"][0])[key] = value
    path.write_text(json.dumps(summary))
    assert main(["reproduce", "--index", str(runs)]) == 1
    assert "b-blocked/summary.json is damaged" in capsys.readouterr().err


def test_a_folder_without_runs(tmp_path, capsys):
    assert main(["reproduce", "--index", str(tmp_path)]) == 1
    assert "contains no run" in capsys.readouterr().err
