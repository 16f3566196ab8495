"""The page over finished runs."""

import json
from dataclasses import replace

import pytest
from support.reproduced import PLAN, cells, history, result_of

from dt4ecg.cli import main
from dt4ecg.paper import index
from dt4ecg.paper.design import tables
from dt4ecg.paper.judge.claims import CLAIMS
from dt4ecg.paper.report import report
from dt4ecg.paper.report.document import to_markdown

TABLE_IV = tables.table_iv(PLAN)


def run_of(folder, plan, right, simulated):
    """A run of Table IV, as ``reproduce`` leaves it."""
    table = tables.table_iv(plan)
    results = cells(table, right, history=history([0.95] * 20))
    for result in results.values():
        result.data["simulated"] = simulated
    folder.mkdir()
    summary = report.summary(plan, [table], [], results, f"dt4ecg reproduce {folder.name}")
    (folder / "summary.json").write_text(json.dumps(summary))
    return results


@pytest.fixture
def runs(tmp_path):
    run_of(tmp_path / "a-random", PLAN, lambda _: 190, simulated=True)
    gains = lambda label: 199 if label.startswith("GradNorm") else 150  # noqa: E731
    run_of(tmp_path / "b-blocked", replace(PLAN, protocol="blocked"), gains, simulated=False)
    (tmp_path / "unfinished").mkdir()
    return tmp_path


def rows_of(page):
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in page.splitlines()
        if line.startswith("|")
    ]


def test_page(runs, capsys):
    assert main(["reproduce", "--index", str(runs)]) == 0
    assert capsys.readouterr().out.strip() == str(runs / "README.md")
    page = (runs / "README.md").read_text()
    rows = rows_of(page)
    assert {claim.text for claim in CLAIMS} <= {row[0] for row in rows}

    at = next(i for i, row in enumerate(rows) if row[0].startswith("At 20 epochs GradNorm"))
    claim, run, verdict, numbers = rows[at]
    assert "points of identity" in claim
    assert run == "[a-random](a-random/report.md), simulated"
    assert verdict == "**does not hold**"
    assert numbers.startswith("identity +0.00 points")
    claim, run, verdict, numbers = rows[at + 1]
    assert (claim, verdict) == ("", "**holds**")
    assert run == "[b-blocked](b-blocked/report.md)"
    assert numbers.startswith("identity +24.50 points")

    (lonely,) = (row for row in rows if row[0].startswith("SCA gives"))
    assert lonely[1:] == ["", "**cannot be told**", "no run has numbers for it"]
    assert "**Simulated: a-random.**" in page
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
    summary = report.summary(PLAN, [table], [], results, "dt4ecg reproduce")
    (tmp_path / "run" / "summary.json").write_text(json.dumps(summary))
    head, _, counts, *_ = rows_of(index(tmp_path).read_text())
    assert head == ["run", "holds", "does not hold", "cannot be told", "follow from weights of 0"]
    # Both pass 90 %, and two tasks cost nothing; the weights, and both gains with Chen's; both
    # gains again with Algorithm 1.
    assert counts[1:] == ["3", "3", "0", "2"]


def test_the_same_runs_give_the_same_bytes(runs):
    first = index(runs).read_bytes()
    assert index(runs).read_bytes() == first


def test_a_summary_by_an_older_rule_is_named(runs):
    path = runs / "b-blocked" / "summary.json"
    summary = json.loads(path.read_text())
    summary["claims"][0]["rule"] = "Holds."
    path.write_text(json.dumps(summary))
    with pytest.raises(ValueError, match=r"b-blocked/summary.json is no summary that this version"):
        index(runs)


@pytest.mark.parametrize("damage", ["{", "[]", '{"claims": []}'])
def test_a_damaged_summary_is_named(runs, damage, capsys):
    (runs / "b-blocked" / "summary.json").write_text(damage)
    assert main(["reproduce", "--index", str(runs)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "b-blocked/summary.json is no summary that this version wrote" in line
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
    assert "b-blocked/summary.json is no summary" in capsys.readouterr().err


def test_a_folder_without_runs(tmp_path, capsys):
    assert main(["reproduce", "--index", str(tmp_path)]) == 1
    assert "no run lies in" in capsys.readouterr().err


def test_one_thing_at_a_time(tmp_path, capsys):
    assert main(["reproduce", "--index", str(tmp_path), "--table", "I"]) == 1
    assert "ask for one thing" in capsys.readouterr().err


def test_cells_of_several_environments_are_counted():
    results = cells(TABLE_IV, lambda _: 150)
    first, *others = results
    plain = {first: replace(results[first], environment={"commit": "old"})}
    plain |= {cell: replace(results[cell], environment={"commit": "new"}) for cell in others}
    page = to_markdown(report.build(PLAN, [TABLE_IV], [], {}, plain, {}, ""))
    assert "computed in 2 environments" in page
    assert "```\n14 cells: commit new\n1 cells: commit old\n```" in page
    alike = to_markdown(report.build(PLAN, [TABLE_IV], [], {}, results, {}, ""))
    assert "Computed with:" in alike


@pytest.mark.parametrize(
    ("names", "told"),
    [(("IV",), "20"), (("I",), "50"), (("I", "IV", "6"), "50 (Table I, Fig. 6), 20 (Table IV)")],
)
def test_a_report_says_how_long_its_own_parts_train(names, told):
    parts = {name: build(PLAN) for name, build in (tables.TABLES | tables.FIGURES).items()}
    asked = [parts[name] for name in names]
    of_tables = [part for part in asked if isinstance(part, tables.Table)]
    figures = [part for part in asked if isinstance(part, tables.Figure)]
    results = cells(of_tables[-1], lambda _: 150)
    page = to_markdown(report.build(PLAN, of_tables, figures, {}, results, {}, ""))
    assert f"batch 16, epochs: {told}." in page
    assert page.count("No finished cells.") == len(figures)


def test_a_report_says_why_one_network_has_several_numbers_of_parameters():
    results = cells(TABLE_IV, lambda _: 150)
    page = to_markdown(report.build(PLAN, [TABLE_IV], [], {}, results, {}, ""))
    assert "one network has more of them for more classes or tasks" in page


def test_a_p_value_that_underflows_is_not_called_0():
    n = 2000
    better, worse = result_of(n, n), result_of(0, n)
    row = TABLE_IV.rows[0].label
    results = {
        cell: better if of.label == row else worse for of in TABLE_IV.rows for cell in of.cells
    }
    page = to_markdown(report.build(PLAN, [TABLE_IV], [], {}, results, {}, ""))
    (line,) = (r for r in rows_of(page) if r[0] == f"{row} less without GradNorm" and "act" in r[1])
    assert line[3:] == ["2000 : 0", "< 1e-99", "< 1e-99"]
