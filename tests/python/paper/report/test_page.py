"""The report on one run."""

from dataclasses import replace

import pytest
from support.reproduced import PLAN, cells, result_of, rows_of

from dt4ecg._common.document import to_markdown
from dt4ecg.paper.design import figures, tables
from dt4ecg.paper.design.rows import Figure, Table
from dt4ecg.paper.judge.claims import CLAIMS
from dt4ecg.paper.report import page
from dt4ecg.paper.report.run_facts import of_run

TABLE_IV = tables.table_iv(PLAN)


def test_cells_of_several_environments_are_counted():
    results = cells(TABLE_IV, lambda _: 150)
    first, *others = results
    plain = {first: replace(results[first], environment={"commit": "old"})}
    plain |= {cell: replace(results[cell], environment={"commit": "new"}) for cell in others}
    text = to_markdown(page.build(PLAN, [TABLE_IV], [], {}, plain, {}, ""))
    assert "2 environments" in text
    assert "```\n14 cells: commit new\n1 cell: commit old\n```" in text
    alike = to_markdown(page.build(PLAN, [TABLE_IV], [], {}, results, {}, ""))
    assert "environments" not in alike


@pytest.mark.parametrize(
    ("names", "expected"),
    [(("IV",), "20"), (("I",), "50"), (("I", "IV", "6"), "50 (Table I, Fig. 6), 20 (Table IV)")],
)
def test_a_report_says_how_long_its_own_parts_train(names, expected):
    parts = {name: build(PLAN) for name, build in (tables.TABLES | figures.FIGURES).items()}
    asked = [parts[name] for name in names]
    of_tables = [part for part in asked if isinstance(part, Table)]
    of_figures = [part for part in asked if isinstance(part, Figure)]
    results = cells(of_tables[-1], lambda _: 150)
    text = to_markdown(page.build(PLAN, of_tables, of_figures, {}, results, {}, ""))
    assert f"batch 16, epochs: {expected}." in text
    assert text.count("No finished cells.") == len(of_figures)


def test_a_title_names_data_protocol_and_seeds():
    assert of_run(PLAN, {}) == "made, random, seeds 0, 1, 2"
    assert of_run(PLAN, cells(TABLE_IV, lambda _: 150)).endswith(", random, seeds 0, 1, 2")


def test_a_p_value_that_underflows_is_not_called_0():
    n = 2000
    better, worse = result_of(n, n), result_of(0, n)
    row = TABLE_IV.rows[0].label
    results = {
        cell: better if of.label == row else worse for of in TABLE_IV.rows for cell in of.cells
    }
    text = to_markdown(page.build(PLAN, [TABLE_IV], [], {}, results, {}, ""))
    (line,) = (r for r in rows_of(text) if r[0] == f"{row} less without GradNorm" and "act" in r[1])
    assert line[3:] == ["2000 : 0", "< 1e-99", "< 1e-99"]


def test_a_report_without_cells_has_no_scores():
    text = to_markdown(page.build(PLAN, [TABLE_IV], [], {}, {}, {}, "dt4ecg reproduce"))
    assert "dt4ecg reproduce" in text
    assert "No cell" in text
    assert rows_of(text) == []


@pytest.mark.parametrize("simulated", [True, False])
def test_a_report_on_simulated_data_says_so_first_and_at_each_table(simulated):
    results = {
        cell: replace(result, data=result.data | {"simulated": simulated})
        for cell, result in cells(TABLE_IV, lambda _: 150).items()
    }
    text = to_markdown(page.build(PLAN, [TABLE_IV], [], {}, results, {}, ""))
    first = text.partition("\n## ")[0]
    assert ("**All signals of this report are simulated" in first) == simulated
    assert (f"## {TABLE_IV.title} (simulated data)\n" in text) == simulated


def test_the_claims_have_headed_columns():
    text = to_markdown(page.build(PLAN, [TABLE_IV], [], {}, cells(TABLE_IV, lambda _: 150), {}, ""))
    heads = [line for line in text.splitlines() if line.startswith("| claim |")]
    assert heads == ["| claim | verdict | data, protocol | our numbers |", "| claim | rule |"]


@pytest.mark.parametrize(("judged", "left"), [(0, len(CLAIMS)), (3, len(CLAIMS) - 3)])
def test_claims_that_are_not_judged_are_counted(judged, left):
    assert str(left) in page.others_than(judged)
    assert page.others_than(len(CLAIMS)) == ""
