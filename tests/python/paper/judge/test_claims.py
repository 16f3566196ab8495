"""All claims: what they need, and what follows from Algorithm 1."""

from dataclasses import replace

import pytest
from support.reproduced import PLAN, cells, history

from dt4ecg.paper.design import figures, tables
from dt4ecg.paper.judge import rules
from dt4ecg.paper.judge.claims import CLAIMS, of_parts
from dt4ecg.paper.judge.verdicts import FAILS, HOLDS, OPEN

BUILDERS = (*tables.TABLES.values(), *figures.FIGURES.values())


def test_every_number_has_its_threshold():
    results = {}
    for build in BUILDERS:
        results |= cells(build(PLAN), lambda _: 150, history=history([0.5] * 50))
    for claim in CLAIMS:
        numbers = claim(PLAN, results).numbers
        assert "threshold" in numbers or "near: ±" in numbers, claim.text


def test_what_algorithm_1_entails_follows_from_it():
    table = tables.table_iv(PLAN)
    entailed = [claim for claim in CLAIMS if claim.premise is not None]
    assert len(entailed) == 4
    gains = next(c for c in entailed if c.judge is rules.gradnorm_gains_on_the_test_set)
    stuck = gains(PLAN, cells(table, lambda _: 150, history=history([0.5] * 20, weight=0.0)))
    assert stuck.follows
    assert stuck.text.partition("; ")[2] == stuck.numbers
    trained = gains(PLAN, cells(table, lambda _: 150, history=history([0.5] * 20, weight=0.5)))
    assert trained.verdict == FAILS
    assert not trained.follows


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.text)
def test_no_claim_is_judged_with_two_seeds_or_a_short_training(claim):
    for plan in (
        replace(PLAN, seeds=(0, 1)),
        replace(PLAN, epochs=2, short_epochs=2),
    ):
        results = {}
        for build in BUILDERS:
            results |= cells(build(plan), lambda _: 150, history=history([0.5] * 20))
        assert claim(plan, results).verdict == OPEN
    assert len(claim.rule) > 40


OF_IDENTITY = [
    claim
    for claim in CLAIMS
    if claim.judge in (rules.attention_barely_matters_for_identity, rules.algorithm_1_trains)
    or claim.settings.get("task") == "identity"
]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.text)
def test_with_identity_only_no_claim_on_activity_holds(claim):
    plan = replace(PLAN, tasks=("identity",), scored=("identity",))
    results = {}
    for build in BUILDERS:
        one = {**history([0.5] * 50), "tasks": ["identity"], "accuracy": [[0.5]] * 50}
        results |= cells(build(plan), lambda _: 150, history=one)
    assert (claim(plan, results).verdict == HOLDS) == (claim in OF_IDENTITY)


def test_the_claims_of_a_part():
    assert len(CLAIMS) == 17
    assert {name: len(of_parts([name])) for name in ("I", "II", "III", "IV", "6", "7")} == {
        "I": 2,
        "II": 2,
        "III": 2,
        "IV": 8,
        "6": 3,
        "7": 7,
    }
    assert of_parts(["recipes"]) == []
