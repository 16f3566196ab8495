"""Claims about several comparisons: missing rows, parts of a table, and corrections."""

from collections import Counter
from dataclasses import replace

import pytest
from support.reproduced import PLAN, N, cells, result_of

from dt4ecg.paper.design import tables
from dt4ecg.paper.judge import claims, family, rules
from dt4ecg.paper.judge.claims import CLAIMS
from dt4ecg.paper.judge.comparison import compare
from dt4ecg.paper.judge.family import compared, for_all
from dt4ecg.paper.judge.inputs import InconclusiveError
from dt4ecg.paper.judge.rules import PART
from dt4ecg.paper.judge.verdicts import FAILS, HOLDS, OPEN, Finding


def test_a_missing_baseline_leaves_it_open_unless_another_refutes_it():
    table = tables.table_i(PLAN)
    claim = CLAIMS[0]

    def right(label):
        return None if label == "LSTM" else 190 if label.startswith("DT4ECG") else 120

    found = claim(PLAN, cells(table, right))
    assert found.verdict == OPEN
    assert "1 of 8 rows not computed" in found.missing
    refuting = cells(table, lambda label: 199 if label == "MLP" else right(label))
    assert claim(PLAN, refuting).verdict == FAILS
    assert claim(PLAN, {}).verdict == OPEN


def test_the_row_that_every_comparison_needs_is_named_with_the_seeds_it_lacks():
    table = tables.table_i(PLAN)
    results = cells(table, lambda label: 199 if label == "MLP" else 120)
    assert CLAIMS[0](PLAN, results).verdict == FAILS
    for cell in table.row(tables.DT4ECG).cells[1:]:
        del results[cell]
    assert CLAIMS[0](PLAN, results) == Finding(
        OPEN,
        "",
        "1 of 8 rows not computed; DT4ECG, which every comparison needs, lacks seed 1, 2",
    )


def test_missing_rows_are_counted_and_not_named():
    table = tables.table_iii(PLAN)
    claim = next(c for c in CLAIMS if c.judge is rules.attention_barely_matters_for_identity)
    found = claim(PLAN, cells(table, lambda label: 150 if label.startswith("1D-CNN") else None))
    assert found.verdict == OPEN
    assert found.missing == "20 of 25 rows not computed"
    assert claim(PLAN, {}) == Finding(OPEN, "", "25 of 25 rows not computed")


def test_a_part_of_a_table_refutes_but_proves_nothing():
    part = replace(PLAN, networks=("resnet", "dt4ecg"))
    table = tables.table_i(part)
    claim = CLAIMS[0]
    better = claim(part, cells(table, lambda label: 190 if label == "DT4ECG" else 120))
    assert better.verdict == OPEN
    assert better.missing == PART
    assert better.numbers.startswith("above 0 in 2 of 2 comparisons")
    worse = claim(part, cells(table, lambda label: 120 if label == "DT4ECG" else 190))
    assert worse.verdict == FAILS
    lonely = claim(replace(PLAN, networks=("dt4ecg",)), {})
    assert lonely == Finding(OPEN, "", PART)


def test_the_claims_count_their_comparisons(monkeypatch):
    asked = []
    monkeypatch.setattr(
        family, "compare", lambda *of, among: asked.append(among) or compare(*of, among=among)
    )
    for build in (tables.table_i, tables.table_iii, tables.table_iv):
        results = cells(build(PLAN), lambda _: 150)
        for claim in claims.of_parts([build(PLAN).name]):
            claim(PLAN, results)
    assert Counter(asked) == {14: 28, 20: 40, 2: 6}


def test_what_refutes_has_precedence_over_what_is_lowest():
    table = tables.table_i(PLAN)
    results = cells(table, lambda label: 160 if label == "MLP" else 150)
    uneven = result_of(150, N)  # ahead by more than MLP, but in five of the ten recordings alone
    right = [i % 10 < 5 or i < 130 for i in range(N)]
    predicted = [
        label if good else 1 - label
        for label, good in zip(uneven.truth["identity"], right, strict=True)
    ]
    uneven = replace(uneven, predicted=dict.fromkeys(uneven.predicted, predicted))
    results |= dict.fromkeys(table.row("1D-ResNet").cells, uneven)
    found = rules.beats_all_baselines(PLAN, results, tables.DT4ECG)
    assert found.verdict == FAILS
    assert "lowest difference of those that refute: -5.00 points" in found.numbers
    assert "over MLP" in found.numbers


def test_attentions_in_a_part_of_the_table():
    plan = replace(PLAN, networks=("cnn", "dt4ecg"))
    part = tables.table_iii(plan)
    sca = rules.sca_is_best_for_activity
    best = sca(plan, cells(part, lambda label: 190 if label.endswith("SCA") else 120))
    assert (best.verdict, best.missing) == (OPEN, PART)
    assert sca(plan, cells(part, lambda _: 150)).verdict == FAILS
    alike = rules.attention_barely_matters_for_identity(plan, cells(part, lambda _: 190))
    assert (alike.verdict, alike.missing) == (OPEN, PART)


@pytest.mark.parametrize(("recordings", "counted"), [(9, False), (10, True)])
def test_a_verdict_needs_ten_recordings(recordings, counted):
    table = tables.table_iv(PLAN)
    results = {
        cell: replace(result, recordings=[i % recordings for i in range(N)])
        for cell, result in cells(table, lambda _: 150).items()
    }
    pairs = [(table.rows[0], table.rows[1], "identity")]
    if counted:
        found, missing = compared(results, pairs)
        assert (len(found), missing) == (1, "")
    else:
        with pytest.raises(InconclusiveError, match="9 recordings, a verdict needs 10"):
            compared(results, pairs)


def test_a_verdict_needs_three_seeds():
    for seeds, counted in (((0, 1), False), ((0, 1, 2), True)):
        table = tables.table_iv(replace(PLAN, seeds=seeds))
        results = cells(table, lambda label: 150 if label == tables.WITHOUT else 190)
        pairs = [(table.rows[0], table.row(tables.WITHOUT), "identity")]
        if counted:
            assert for_all(results, pairs).verdict == HOLDS
        else:
            with pytest.raises(InconclusiveError, match="2 seeds, a verdict needs 3"):
                for_all(results, pairs)


def test_at_most_three_reasons_are_listed():
    table = tables.table_iv(PLAN)
    results = cells(table, lambda _: 150)
    pairs = [(table.rows[0], table.rows[1], "identity")]
    _, missing = compared(results, pairs, ["a", "b", "c"])
    assert missing == "a; b; c"
    _, missing = compared(results, pairs, ["a", "b", "c", "d", "a"])
    assert missing == "a; b; c; 1 more"
