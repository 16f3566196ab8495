"""Each rule of a verdict, on cells made by hand."""

from collections import Counter
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from support.reproduced import PLAN, N, cells, history, result_of

from dt4ecg.paper.design import published, tables
from dt4ecg.paper.judge import claims, verdicts
from dt4ecg.paper.judge.claims import CLAIMS, FAILS, HOLDS, OPEN
from dt4ecg.paper.judge.evidence import Comparison, compare
from dt4ecg.paper.judge.verdicts import clearance, clearance_within, side


@pytest.mark.parametrize("row", [tables.DT4ECG, tables.weighted("chen2018")])
def test_dt4ecg_against_the_baselines(row):
    table = tables.table_i(PLAN)
    judge = partial(claims.beats_all_baselines, row_of=row)

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
    assert CLAIMS[0](PLAN, results) == claims.Finding(
        OPEN,
        "",
        "1 of 8 rows not computed; DT4ECG, which every comparison needs, lacks seed 1, 2",
    )


def test_missing_rows_are_counted_and_not_named():
    table = tables.table_iii(PLAN)
    claim = next(c for c in CLAIMS if c.judge is claims.attention_barely_matters_for_identity)
    found = claim(PLAN, cells(table, lambda label: 150 if label.startswith("1D-CNN") else None))
    assert found.verdict == OPEN
    assert found.missing == "20 of 25 rows not computed"
    assert claim(PLAN, {}) == claims.Finding(OPEN, "", "25 of 25 rows not computed")


def test_a_part_of_a_table_refutes_but_proves_nothing():
    part = replace(PLAN, networks=("resnet", "dt4ecg"))
    table = tables.table_i(part)
    assert [row.label for row in table.rows] == ["1D-ResNet", "DT4ECG"]
    claim = CLAIMS[0]
    better = claim(part, cells(table, lambda label: 190 if label == "DT4ECG" else 120))
    assert better.verdict == OPEN
    assert better.missing == "only a part of the table was asked for"
    assert better.numbers.startswith("above 0 in 2 of 2 comparisons")
    worse = claim(part, cells(table, lambda label: 120 if label == "DT4ECG" else 190))
    assert worse.verdict == FAILS
    lonely = claim(replace(PLAN, networks=("dt4ecg",)), {})
    assert lonely == claims.Finding(OPEN, "", "only a part of the table was asked for")


def test_parts_of_the_table_of_attentions():
    part = tables.table_iii(replace(PLAN, networks=("cnn", "dt4ecg")))
    whole = tables.table_iii(PLAN)
    assert part.is_part
    assert not whole.is_part
    assert [row.label for row in part.rows] == [
        *(tables.attended("cnn", attention) for attention in published.ATTENTIONS),
        tables.attended("resnet", "sca"),
    ]
    assert part.row(tables.attended("cnn", "se")) == whole.row(tables.attended("cnn", "se"))
    sca = claims.sca_is_best_for_activity
    plan = replace(PLAN, networks=("cnn", "dt4ecg"))
    best = sca(plan, cells(part, lambda label: 190 if label.endswith("SCA") else 120))
    assert (best.verdict, best.missing) == (OPEN, "only a part of the table was asked for")
    assert sca(plan, cells(part, lambda _: 150)).verdict == FAILS
    alike = claims.attention_barely_matters_for_identity(plan, cells(part, lambda _: 190))
    assert (alike.verdict, alike.missing) == (OPEN, "only a part of the table was asked for")


@pytest.mark.parametrize(
    ("first", "second", "threshold", "verdict"),
    [
        (N, N, 0.0, OPEN),  # no model could have been better
        (N - 1, N, 0.0, OPEN),  # hardly worse
        (N - 60, N, 0.0, FAILS),  # worse
        (N - 60, N - 60, 0.0, FAILS),  # there was room
        (N - 4, N - 4, 0.03, OPEN),  # a gain of 3 points does not fit
        (N - 60, N - 4, 0.03, FAILS),
        (N, N - 60, 0.03, HOLDS),
        (N - 4, N - 4, -0.01, HOLDS),
        (N - 60, N, -0.01, FAILS),
    ],
)
def test_at_a_ceiling_only_a_loss_refutes(first, second, threshold, verdict):
    made = [[result_of(right, N)] * 3 for right in (first, second)]
    assert side(compare(*made, "identity"), threshold) == verdict


@pytest.mark.parametrize(
    ("fewer", "among", "verdict"), [(4, 1, FAILS), (4, 20, OPEN), (6, 20, FAILS)]
)
def test_one_of_many_comparisons_refutes_by_the_corrected_interval(fewer, among, verdict):
    made = [[result_of(right, N)] * 3 for right in (150 - fewer, 150)]
    found = compare(*made, "identity", among=among)
    assert found.interval[1] < -0.001  # the 95 % of this one alone always lie below
    assert side(found, -0.001) == verdict


def test_the_claims_count_their_comparisons(monkeypatch):
    asked = []
    monkeypatch.setattr(
        verdicts, "compare", lambda *of, among: asked.append(among) or compare(*of, among=among)
    )
    for build in (tables.table_i, tables.table_iii, tables.table_iv):
        results = cells(build(PLAN), lambda _: 150)
        for claim in claims.of_parts([build(PLAN).name]):
            claim(PLAN, results)
    assert Counter(asked) == {14: 28, 20: 40, 2: 6}


def comparison(interval, among=1, corrected=None):
    return Comparison(
        difference=0.0,
        interval=interval,
        among=among,
        corrected=corrected or interval,
        without_error=interval,
        only_first=0,
        only_second=0,
        p=1.0,
        seeds=3,
        recordings=10,
    )


@pytest.mark.parametrize(
    ("found", "threshold", "told"),
    [
        (comparison((-0.0055, 0.0293)), 0.0294, "interval ends 0.01 below"),
        (comparison((0.05, 0.07), 14, (0.01, 0.09)), 0.0294, "interval begins 2.06 above"),
        (comparison((-0.02, 0.01)), -0.01, "interval reaches from 1.00 below to 2.00 above"),
        (
            comparison((-0.05, -0.02), 14, (-0.06, 0.01)),
            0.0,
            "interval ends 2.00 below, corrected for 14 comparisons it reaches from 6.00 below to "
            "1.00 above",
        ),
    ],
)
def test_a_threshold_is_told_with_the_distance_from_it(found, threshold, told):
    assert clearance(found, threshold) == f"threshold {100 * threshold:+.2f}, {told}"


@pytest.mark.parametrize(
    ("found", "where"),
    [
        (comparison((-0.004, 0.002)), "ends 0.60 inside"),
        (comparison((-0.004, 0.012)), "reaches 0.20 outside"),
        (
            comparison((-0.05, -0.02), 20, (-0.06, -0.008)),
            "begins 1.00 outside, corrected for 20 comparisons it reaches 5.00 outside",
        ),
    ],
)
def test_a_margin_is_told_with_the_distance_from_it(found, where):
    assert clearance_within(found, 0.01) == f"threshold ±1.00, interval {where}"


def test_every_number_stands_beside_its_threshold():
    results = {}
    for build in (*tables.TABLES.values(), *tables.FIGURES.values()):
        results |= cells(build(PLAN), lambda _: 150, history=history([0.5] * 50))
    for claim in CLAIMS:
        numbers = claim(PLAN, results).numbers
        assert "threshold" in numbers or "near: ±" in numbers, claim.text


def test_what_algorithm_1_entails_is_no_finding_of_its_own():
    table = tables.table_iv(PLAN)
    entailed = [claim for claim in CLAIMS if claim.premise is not None]
    assert len(entailed) == 4
    gains = next(c for c in entailed if c.judge is claims.gradnorm_gains_on_the_test_set)
    stuck = gains(PLAN, cells(table, lambda _: 150, history=history([0.5] * 20, weight=0.0)))
    assert stuck.follows
    assert stuck.text.startswith("follows from Algorithm 1's weights being 0; identity")
    trained = gains(PLAN, cells(table, lambda _: 150, history=history([0.5] * 20, weight=0.5)))
    assert trained.verdict == FAILS
    assert not trained.follows


def test_what_refutes_is_told_before_what_is_lowest():
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
    found = claims.beats_all_baselines(PLAN, results, tables.DT4ECG)
    assert found.verdict == FAILS
    assert "lowest difference of those that refute: -5.00 points" in found.numbers
    assert "over MLP" in found.numbers


@pytest.mark.parametrize("swapped", [False, True])
def test_the_claims_on_attention_look_at_their_own_task(swapped):
    """SCA is best for activity and nothing matters for identity; or the other way round."""
    table = tables.table_iii(PLAN)
    results = {}
    for row in table.rows:
        right = {"identity": 150, "activity": 190 if row.label.endswith("SCA") else 120}
        if swapped:
            right = {"identity": right["activity"], "activity": right["identity"]}
        results |= dict.fromkeys(row.cells, result_of(n=N, **right))
    expected = FAILS if swapped else HOLDS
    assert claims.sca_is_best_for_activity(PLAN, results).verdict == expected
    assert claims.attention_barely_matters_for_identity(PLAN, results).verdict == expected


def test_a_ceiling_is_told():
    perfect = cells(tables.table_i(PLAN), lambda _: N)
    found = claims.beats_all_baselines(PLAN, perfect, tables.DT4ECG)
    assert found.verdict == OPEN
    assert found.numbers.endswith("; at a ceiling in 14")
    perfect = cells(tables.table_iv(PLAN), lambda _: N)
    gains = claims.gradnorm_gains_on_the_test_set(PLAN, perfect, "chen2018")
    assert gains.verdict == OPEN
    assert gains.numbers.count(", at a ceiling") == 2


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.text)
def test_no_claim_is_judged_of_two_seeds_or_a_short_training(claim):
    for plan in (
        replace(PLAN, seeds=(0, 1)),
        replace(PLAN, epochs=2, short_epochs=2),
    ):
        of_all = [build(plan) for build in (*tables.TABLES.values(), *tables.FIGURES.values())]
        results = {}
        for table in of_all:
            results |= cells(table, lambda _: 150, history=history([0.5] * 20))
        assert claim(plan, results).verdict == OPEN
    assert len(claim.rule) > 40


def test_attention_and_identity():
    table = tables.table_iii(PLAN)
    judge = claims.attention_barely_matters_for_identity
    assert judge(PLAN, cells(table, lambda _: 190)).verdict == HOLDS
    helps = cells(table, lambda label: 190 if label.endswith("CBAM") else 120)
    assert judge(PLAN, helps).verdict == FAILS
    little = cells(table, lambda label: 190 if label.endswith("CBAM") else 188)
    assert judge(PLAN, little).verdict == OPEN


def test_sca_and_activity():
    table = tables.table_iii(PLAN)
    judge = claims.sca_is_best_for_activity
    best = cells(table, lambda label: 190 if label.endswith("SCA") else 120)
    assert judge(PLAN, best).verdict == HOLDS
    assert judge(PLAN, cells(table, lambda _: 150)).verdict == FAILS


def test_two_tasks_and_one():
    table = tables.table_iv(PLAN)
    judge = claims.two_tasks_compromise_neither
    assert judge(PLAN, cells(table, lambda _: 190)).verdict == HOLDS
    worse = cells(table, lambda label: 190 if "alone" in label else 120)
    assert judge(PLAN, worse).verdict == FAILS


@pytest.mark.parametrize(("right", "verdict"), [(199, HOLDS), (150, FAILS), (155, OPEN)])
def test_gain_of_gradnorm(right, verdict):
    table = tables.table_iv(PLAN)
    results = cells(table, lambda label: 150 if label == tables.WITHOUT else right)
    found = claims.gradnorm_gains_on_the_test_set(PLAN, results, "chen2018")
    assert found.verdict == verdict


def test_gain_in_each_epoch():
    table = tables.table_iv(PLAN)
    slow = cells(table, lambda _: 1, history=history(np.linspace(0.3, 0.7, 20).tolist()))
    gradnorm = table.row(tables.GRADNORMS["chen2018"]).cells

    def lifted(by):
        accuracy = (np.linspace(0.3, 0.7, 20) + by).tolist()
        return slow | {cell: result_of(1, N, history=history(accuracy)) for cell in gradnorm}

    def judge(by):
        return claims.gradnorm_lifts_each_epoch(PLAN, lifted(by), "chen2018").verdict

    assert judge(0.1) == HOLDS
    assert judge(0.01) == FAILS
    assert judge(np.where(np.arange(20) == 3, -0.01, 0.2)) == OPEN


def test_convergence_is_read_from_the_curves():
    row = tables.figure_6(PLAN).rows[0]

    def judge(*epochs_of_seeds):
        results = {
            cell: result_of(1, N, history=history([0.5] * (epoch - 1) + [1.0] * (51 - epoch)))
            for cell, epoch in zip(row.cells, epochs_of_seeds, strict=True)
        }
        expected = {"identity": 10, "activity": 10}
        return claims.converges_near(PLAN, results, tables.WITHOUT, expected)

    assert judge(9, 10, 12).verdict == HOLDS
    assert judge(20, 20, 20).verdict == FAILS
    assert judge(10, 20, 20).verdict == OPEN
    assert "epoch 10, 20, 20 (paper: 10, near: ± 2)" in judge(10, 20, 20).numbers


@pytest.mark.parametrize(("weight", "verdict"), [(0.0, FAILS), (0.5, HOLDS)])
def test_algorithm_1(weight, verdict):
    results = cells(tables.table_iv(PLAN), lambda _: 1, history=history([0.5] * 20, weight))
    assert claims.algorithm_1_trains(PLAN, results).verdict == verdict


@pytest.mark.parametrize(
    ("highest", "verdict"), [((0.95,) * 3, HOLDS), ((0.85,) * 3, FAILS), ((0.95, 0.8, 0.95), OPEN)]
)
def test_passing_90_percent(highest, verdict):
    cells_of = tables.table_iv(PLAN).row(tables.GRADNORMS["paper"]).cells
    results = {
        cell: result_of(1, N, history=history([share] * 20))
        for cell, share in zip(cells_of, highest, strict=True)
    }
    assert claims.gradnorm_passes_90_percent(PLAN, results, "paper").verdict == verdict


def test_who_passes_90_percent_without_gradnorm_is_told():
    results = cells(tables.table_iv(PLAN), lambda _: 1, history=history([0.95] * 20))
    found = claims.gradnorm_passes_90_percent(PLAN, results, "chen2018")
    assert found.numbers.endswith("threshold 90 %; without GradNorm: 95.0 %, 95.0 %, 95.0 %")


OF_IDENTITY = [
    claim
    for claim in CLAIMS
    if claim.judge in (claims.attention_barely_matters_for_identity, claims.algorithm_1_trains)
    or claim.settings.get("task") == "identity"
]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.text)
def test_of_data_with_one_task_only_what_asks_nothing_else_holds(claim):
    plan = replace(PLAN, tasks=("identity",), scored=("identity",))
    results = {}
    for build in (*tables.TABLES.values(), *tables.FIGURES.values()):
        one = {**history([0.5] * 50), "tasks": ["identity"], "accuracy": [[0.5]] * 50}
        results |= cells(build(plan), lambda _: 150, history=one)
    assert (claim(plan, results).verdict == HOLDS) == (claim in OF_IDENTITY)
