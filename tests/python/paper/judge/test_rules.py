"""Each rule of a verdict, on cells made by hand."""

from functools import partial

import numpy as np
import pytest
from support.reproduced import PLAN, N, cells, history, result_of

from dt4ecg.paper.design import figures, tables
from dt4ecg.paper.design.published import GRADNORMS
from dt4ecg.paper.judge import rules
from dt4ecg.paper.judge.verdicts import FAILS, HOLDS, OPEN


@pytest.mark.parametrize("row", [tables.DT4ECG, tables.weighted("chen2018")])
def test_dt4ecg_against_the_baselines(row):
    table = tables.table_i(PLAN)
    judge = partial(rules.beats_all_baselines, row_of=row)

    better = cells(table, lambda label: 190 if label.startswith("DT4ECG") else 120)
    assert judge(PLAN, better).verdict == HOLDS
    one_is_better = cells(
        table, lambda label: 199 if label == "MLP" else 180 if label.startswith("DT") else 120
    )
    found = judge(PLAN, one_is_better)
    assert found.verdict == FAILS
    assert "over MLP" in found.numbers
    one_is_close = cells(
        table, lambda label: 179 if label == "MLP" else 180 if label.startswith("DT") else 120
    )
    assert judge(PLAN, one_is_close).verdict == OPEN


@pytest.mark.parametrize("swapped", [False, True])
def test_the_claims_on_attention_look_at_their_own_task(swapped):
    """SCA is best for activity and no attention matters for identity, or the reverse."""
    table = tables.table_iii(PLAN)
    results = {}
    for row in table.rows:
        right = {"identity": 150, "activity": 190 if row.label.endswith("SCA") else 120}
        if swapped:
            right = {"identity": right["activity"], "activity": right["identity"]}
        results |= dict.fromkeys(row.cells, result_of(n=N, **right))
    expected = FAILS if swapped else HOLDS
    assert rules.sca_is_best_for_activity(PLAN, results).verdict == expected
    assert rules.attention_barely_matters_for_identity(PLAN, results).verdict == expected


def test_a_ceiling_is_reported():
    perfect = cells(tables.table_i(PLAN), lambda _: N)
    found = rules.beats_all_baselines(PLAN, perfect, tables.DT4ECG)
    assert found.verdict == OPEN
    assert found.numbers.endswith("; at a ceiling in 14")
    perfect = cells(tables.table_iv(PLAN), lambda _: N)
    gains = rules.gradnorm_gains_on_the_test_set(PLAN, perfect, "chen2018")
    assert gains.verdict == OPEN
    assert gains.numbers.count(", at a ceiling") == 2


def test_attention_and_identity():
    table = tables.table_iii(PLAN)
    judge = rules.attention_barely_matters_for_identity
    assert judge(PLAN, cells(table, lambda _: 190)).verdict == HOLDS
    helps = cells(table, lambda label: 190 if label.endswith("CBAM") else 120)
    assert judge(PLAN, helps).verdict == FAILS
    little = cells(table, lambda label: 190 if label.endswith("CBAM") else 188)
    assert judge(PLAN, little).verdict == OPEN


def test_sca_and_activity():
    table = tables.table_iii(PLAN)
    judge = rules.sca_is_best_for_activity
    best = cells(table, lambda label: 190 if label.endswith("SCA") else 120)
    assert judge(PLAN, best).verdict == HOLDS
    assert judge(PLAN, cells(table, lambda _: 150)).verdict == FAILS


def test_two_tasks_and_one():
    table = tables.table_iv(PLAN)
    judge = rules.two_tasks_compromise_neither
    assert judge(PLAN, cells(table, lambda _: 190)).verdict == HOLDS
    worse = cells(table, lambda label: 190 if "alone" in label else 120)
    assert judge(PLAN, worse).verdict == FAILS


@pytest.mark.parametrize(("right", "verdict"), [(199, HOLDS), (150, FAILS), (155, OPEN)])
def test_gain_of_gradnorm(right, verdict):
    table = tables.table_iv(PLAN)
    results = cells(table, lambda label: 150 if label == tables.WITHOUT else right)
    found = rules.gradnorm_gains_on_the_test_set(PLAN, results, "chen2018")
    assert found.verdict == verdict


def test_gain_in_each_epoch():
    table = tables.table_iv(PLAN)
    slow = cells(table, lambda _: 1, history=history(np.linspace(0.3, 0.7, 20).tolist()))
    gradnorm = table.row(GRADNORMS["chen2018"]).cells

    def lifted(by):
        accuracy = (np.linspace(0.3, 0.7, 20) + by).tolist()
        return slow | {cell: result_of(1, N, history=history(accuracy)) for cell in gradnorm}

    def judge(by):
        return rules.gradnorm_lifts_each_epoch(PLAN, lifted(by), "chen2018").verdict

    assert judge(0.1) == HOLDS
    assert judge(0.01) == FAILS
    assert judge(np.where(np.arange(20) == 3, -0.01, 0.2)) == OPEN


def test_convergence_is_read_from_the_curves():
    row = figures.figure_6(PLAN).rows[0]

    def judge(*epochs_of_seeds):
        results = {
            cell: result_of(1, N, history=history([0.5] * (epoch - 1) + [1.0] * (51 - epoch)))
            for cell, epoch in zip(row.cells, epochs_of_seeds, strict=True)
        }
        expected = {"identity": 10, "activity": 10}
        return rules.converges_near(PLAN, results, tables.WITHOUT, expected)

    assert judge(9, 10, 12).verdict == HOLDS
    assert judge(20, 20, 20).verdict == FAILS
    assert judge(10, 20, 20).verdict == OPEN
    assert "epoch 10, 20, 20 (paper: 10, near: ± 2)" in judge(10, 20, 20).numbers


@pytest.mark.parametrize(("weight", "verdict"), [(0.0, FAILS), (0.5, HOLDS)])
def test_algorithm_1(weight, verdict):
    results = cells(tables.table_iv(PLAN), lambda _: 1, history=history([0.5] * 20, weight))
    assert rules.algorithm_1_trains(PLAN, results).verdict == verdict


@pytest.mark.parametrize(
    ("highest", "verdict"), [((0.95,) * 3, HOLDS), ((0.85,) * 3, FAILS), ((0.95, 0.8, 0.95), OPEN)]
)
def test_passing_90_percent(highest, verdict):
    cells_of = tables.table_iv(PLAN).row(GRADNORMS["paper"]).cells
    results = {
        cell: result_of(1, N, history=history([accuracy] * 20))
        for cell, accuracy in zip(cells_of, highest, strict=True)
    }
    assert rules.gradnorm_passes_90_percent(PLAN, results, "paper").verdict == verdict


def test_passing_90_percent_without_gradnorm_is_reported():
    results = cells(tables.table_iv(PLAN), lambda _: 1, history=history([0.95] * 20))
    found = rules.gradnorm_passes_90_percent(PLAN, results, "chen2018")
    assert found.numbers.endswith("threshold 90 %; without GradNorm: 95.0 %, 95.0 %, 95.0 %")
