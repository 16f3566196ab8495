"""Each rule of a verdict, on cells made by hand."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from support.reproduced import PLAN, N, cells, history, result_of

from dt4ecg.paper.design import figures, tables
from dt4ecg.paper.design.published import GRADNORMS
from dt4ecg.paper.judge import rules
from dt4ecg.paper.judge.inputs import training_accuracy
from dt4ecg.paper.judge.verdicts import FAILS, HOLDS, OPEN, InconclusiveError


@pytest.mark.parametrize(
    "judge",
    [
        partial(rules.beats_all_baselines, row_of=tables.DT4ECG),
        rules.sca_is_best_for_activity,
        rules.attention_barely_matters_for_identity,
        partial(rules.converges_near, row_of=tables.DT4ECG, epochs={"identity": 3}),
        partial(rules.comparable_to_the_state_of_the_art, task="activity"),
    ],
)
def test_long_trainings_are_judged_after_the_papers_epochs_only(judge):
    with pytest.raises(InconclusiveError, match=r"^epochs: 49, in the paper 50$"):
        judge(replace(PLAN, epochs=49, short_epochs=50), {})


@pytest.mark.parametrize(
    "judge",
    [
        rules.two_tasks_compromise_neither,
        partial(rules.gradnorm_gains_on_the_test_set, weighting="chen2018"),
        partial(rules.gradnorm_lifts_each_epoch, weighting="paper"),
        partial(rules.gradnorm_passes_90_percent, weighting="chen2018"),
        rules.algorithm_1_trains,
    ],
)
def test_short_trainings_are_judged_after_the_papers_epochs_only(judge):
    with pytest.raises(InconclusiveError, match=r"^epochs: 21, in the paper 20$"):
        judge(replace(PLAN, epochs=20, short_epochs=21), {})


def test_a_training_without_a_task_has_no_accuracy_of_it():
    row = tables.table_iv(PLAN).rows[0]
    results = {cell: result_of(150, N, history=history([0.5])) for cell in row.cells}
    assert training_accuracy(results, row, "activity").tolist() == [[0.5]] * 3
    with pytest.raises(InconclusiveError, match="the data have no mood"):
        training_accuracy(results, row, "mood")


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


def histories(row, curves, weights=None):
    """Return results of a row with one curve, and one final weight, per seed."""
    weights = weights or [1.0] * len(curves)
    return {
        cell: result_of(1, N, history=history(curve, weight))
        for cell, curve, weight in zip(row.cells, curves, weights, strict=True)
    }


@pytest.mark.parametrize(
    ("expected", "epoch", "near"),
    [
        (10, 12, True),  # two epochs at least
        (10, 8, True),
        (10, 13, False),
        (10, 7, False),
        (3, 5, True),
        (3, 6, False),
        (40, 50, True),  # a quarter
        (40, 30, True),
        (40, 29, False),
        (35, 27, True),  # a quarter, rounded down
        (35, 26, False),
    ],
)
def test_near_is_within_a_quarter_or_two_epochs(expected, epoch, near):
    row = figures.figure_6(PLAN).rows[0]
    curve = [0.5] * (epoch - 1) + [1.0] * (51 - epoch)
    found = rules.converges_near(
        PLAN, histories(row, [curve] * 3), tables.WITHOUT, {"identity": expected}
    )
    assert found.verdict == (HOLDS if near else FAILS)


@pytest.mark.parametrize(("accuracy", "converged"), [(0.793, 5), (0.791, 9)])
def test_convergence_is_at_99_percent_of_the_highest_accuracy(accuracy, converged):
    row = figures.figure_6(PLAN).rows[0]
    curve = [0.5] * 4 + [accuracy] * 4 + [0.8] * 42  # 99 % of 0.8 is 0.792
    found = rules.converges_near(
        PLAN, histories(row, [curve] * 3), tables.WITHOUT, {"identity": converged}
    )
    assert f"epoch {converged}, {converged}, {converged}" in found.numbers


@pytest.mark.parametrize(("highest", "verdict"), [(0.9, FAILS), (0.9001, HOLDS)])
def test_90_percent_must_be_passed(highest, verdict):
    row = tables.table_iv(PLAN).row(GRADNORMS["chen2018"])
    results = histories(row, [[0.1, highest] + [0.2] * 18] * 3)
    found = rules.gradnorm_passes_90_percent(PLAN, results, "chen2018")
    assert found.verdict == verdict
    assert found.numbers.count(f"{100 * highest:.1f} %") == 3


@pytest.mark.parametrize(
    ("gains", "verdict"),
    [
        ((0.06, 0.06, 0.06), HOLDS),
        ((0.06, 0.06, 0.04), OPEN),  # one seed is below 5 points
        ((0.04, 0.04, 0.06), OPEN),  # and not all seeds are
        ((0.04, 0.04, 0.04), FAILS),
    ],
)
def test_the_average_gain_of_each_seed_counts(gains, verdict):
    table = tables.table_iv(PLAN)
    without = histories(table.row(tables.WITHOUT), [[0.5] * 20] * 3)
    lifted = histories(table.row(GRADNORMS["chen2018"]), [[0.5 + gain] * 20 for gain in gains])
    found = rules.gradnorm_lifts_each_epoch(PLAN, without | lifted, "chen2018")
    assert found.verdict == verdict
    assert "threshold +5.0" in found.numbers
    for gain in gains:
        assert f"{100 * gain:+.1f}" in found.numbers


def test_an_average_gain_of_exactly_5_points_is_enough():
    table = tables.table_iv(PLAN)
    without = histories(table.row(tables.WITHOUT), [[0.0] * 20] * 3)
    curve = [1 / 16] * 12 + [1 / 32] * 8  # binary fractions, whose sum is exactly 1
    lifted = histories(table.row(GRADNORMS["chen2018"]), [curve] * 3)
    found = rules.gradnorm_lifts_each_epoch(PLAN, without | lifted, "chen2018")
    assert found.verdict == HOLDS


def test_an_epoch_without_a_gain_leaves_the_claim_open():
    table = tables.table_iv(PLAN)
    without = histories(table.row(tables.WITHOUT), [[0.5] * 20] * 3)
    curve = [0.5] + [0.7] * 19
    lifted = histories(table.row(GRADNORMS["chen2018"]), [curve, [0.7] * 20, [0.7] * 20])
    found = rules.gradnorm_lifts_each_epoch(PLAN, without | lifted, "chen2018")
    assert found.verdict == OPEN
    assert found.numbers.endswith("+0.0, threshold 0")


@pytest.mark.parametrize(
    ("weights", "verdict"),
    [
        ((0.0, 0.0, 0.0), FAILS),
        ((0.0, 0.0, 0.25), OPEN),
        ((1e-30, 1e-30, 0.25), HOLDS),
    ],
)
def test_the_weights_of_algorithm_1_at_the_end(weights, verdict):
    row = tables.table_iv(PLAN).row(GRADNORMS["paper"])
    found = rules.algorithm_1_trains(PLAN, histories(row, [[0.5] * 20] * 3, weights))
    assert found.verdict == verdict
    assert f"{max(weights):g}" in found.numbers


def test_a_gain_is_compared_with_half_of_the_papers():
    """The paper reports 3.62 points of identity and 5.89 points of activity."""
    table = tables.table_iv(PLAN)
    results = cells(table, lambda label: 150 if label == tables.WITHOUT else 170)
    found = rules.gradnorm_gains_on_the_test_set(PLAN, results, "chen2018")
    identity, activity = found.numbers.split("; ")
    assert identity.startswith("identity +10.00 points")
    assert "threshold +1.81" in identity
    assert activity.startswith("activity +10.00 points")
    assert "threshold +2.95" in activity


def test_the_state_of_the_art_may_be_one_point_better():
    table = tables.table_ii(PLAN)
    judge = rules.comparable_to_the_state_of_the_art
    for better, verdict in ((0, HOLDS), (1, OPEN), (20, FAILS)):
        results = cells(table, lambda label, k=better: 150 if label == "DT4ECG" else 150 + k)
        found = judge(PLAN, results, "identity")
        assert found.verdict == verdict
        assert "of 6 comparisons" in found.numbers
        assert "threshold -1.00" in found.numbers
    assert "of 4 comparisons" in judge(PLAN, results, "activity").numbers
