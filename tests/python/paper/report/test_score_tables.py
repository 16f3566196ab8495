"""The tables of a report: the paper's numbers, ours, and the differences."""

from dataclasses import replace

import pytest
from scipy import stats
from support.reproduced import PLAN, N, cells, history, result_of

from dt4ecg.metrics import holm
from dt4ecg.paper.design import published, tables
from dt4ecg.paper.report.score_tables import comparisons, comparisons_grid, scores_grid
from dt4ecg.paper.report.summary import summary

TABLE_I, TABLE_IV = tables.table_i(PLAN), tables.table_iv(PLAN)


def row_of(grid, label):
    (row,) = (row for row in grid.rows if row[0] == label)
    return dict(zip(grid.head, row, strict=True))


def grid_of(table, results, failures=None, simulated=False, task="identity"):
    return scores_grid(table.rows, task, results, failures or {}, simulated)


def test_the_numbers_of_the_paper_are_next_to_ours():
    results = {
        cell: replace(result, parameters=131_131, multiply_adds=5_826_000)
        for cell, result in cells(TABLE_I, lambda _: 150).items()
    }
    row = row_of(grid_of(TABLE_I, results), "1D-ResNet")
    papers = published.BASELINES["resnet"].identity
    assert papers.accuracy == 98.37
    assert "98.37 (98.39, 98.37, 98.36)" in row.values()
    assert row["ours: k/N"] == f"450/{3 * N}"
    assert row["mean ± sd"] == "75.00 ± 0.00"
    wilson = stats.binomtest(150, 200).proportion_ci(method="wilson")
    assert row["accuracy (95 %)"] == f"75.00 ({100 * wilson.low:.2f}-{100 * wilson.high:.2f})"
    assert (row["parameters"], row["multiply-adds"]) == ("131,131", "5,826,000")
    scores = result_of(150, N).scores["identity"]
    for column, key in (("precision", "precision"), ("recall", "recall"), ("F1", "f1")):
        assert row[column] == f"{100 * scores[key]:.2f}"
    assert row["macro F1"] == f"{100 * scores['f1_macro']:.2f}"
    assert "ours, simulated: k/N" in grid_of(TABLE_I, results, simulated=True).head


def test_a_table_with_accuracies_only():
    row = row_of(grid_of(TABLE_IV, {}, task="activity"), "without GradNorm")
    assert row["paper"] == "78.22"
    assert row["mean ± sd"] == row["parameters"] == "-"


def test_missing_and_failed_cells_have_a_reason():
    results = cells(TABLE_IV, lambda _: 150)
    first, second, third = TABLE_IV.row("without GradNorm").cells
    del results[second], results[third]
    failures = {third: "Traceback\n  ...\nValueError: broken\n"}
    row = row_of(grid_of(TABLE_IV, results), "without GradNorm")
    assert row["ours: k/N"] == f"150/{N} (not computed: seed 1, 2)"
    assert row["mean ± sd"] == "75.00"  # no deviation with one seed
    row = row_of(grid_of(TABLE_IV, results, failures), "without GradNorm")
    assert row["ours: k/N"] == f"150/{N} (failed: ValueError: broken: seed 1, 2)"
    del results[first]
    assert row_of(grid_of(TABLE_IV, results), "without GradNorm")["ours: k/N"] == "not computed"


def test_differences_have_intervals_and_corrected_p_values():
    results = cells(TABLE_IV, lambda label: {"without GradNorm": 150}.get(label, 154))
    found = comparisons(TABLE_IV, results)
    assert [(first, second, task) for first, second, task, *_ in found] == list(TABLE_IV.pairs)
    p = [comparison.p for *_, comparison, _ in found]
    assert p == pytest.approx([2 / 2**4] * 6)  # four segments differ in each pair
    assert [corrected for *_, corrected in found] == pytest.approx(holm(p))
    grid = comparisons_grid(found, simulated=False)
    label, task, difference, counts, *values = grid.rows[0]
    assert label == f"{TABLE_IV.pairs[0][0]} less without GradNorm"
    assert task == "identity"
    low, high = found[0][3].interval
    assert difference == f"+2.00 ({100 * low:+.2f} to {100 * high:+.2f})"
    assert counts == "4 : 0"
    assert values == ["0.12", "0.75"]


def test_incomplete_rows_are_not_compared():
    results = cells(TABLE_IV, lambda _: 150)
    del results[TABLE_IV.row("without GradNorm").cells[0]]
    assert comparisons(TABLE_IV, results) == []


def test_the_summary_has_the_numbers_of_the_tables():
    results = cells(
        TABLE_IV, lambda label: 150 if label == "without GradNorm" else 154, history=history([1.0])
    )
    found = summary(PLAN, [TABLE_IV], [], results, "dt4ecg reproduce")
    assert found["cells"] == {"asked": 15, "computed": 15}
    assert (found["seeds"], found["epochs"], found["short_epochs"]) == ([0, 1, 2], 50, 20)
    table = found["tables"]["IV"]
    (row,) = (row for row in table["rows"] if row["label"] == "without GradNorm")
    assert row["paper"]["identity"]["accuracy"] == 95.13
    assert row["ours"]["activity"]["accuracy"] == pytest.approx(0.75)
    assert row["ours"]["activity"]["correct"] == 450
    pair = table["comparisons"][0]
    assert (pair["second"], pair["task"]) == ("without GradNorm", "identity")
    assert pair["first"] in {row["label"] for row in table["rows"]}
    assert pair["difference"] == pytest.approx(0.02)
    assert pair["p_holm"] == pytest.approx(0.75)
    assert {claim["verdict"] for claim in found["claims"]} <= {
        "holds",
        "does not hold",
        "inconclusive",
    }
    assert len(found["claims"]) == 8
