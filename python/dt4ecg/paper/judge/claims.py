"""The claims of the paper. Each has a rule, :mod:`dt4ecg.paper.judge.rules`, for its verdict."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dt4ecg.paper.design import published, tables
from dt4ecg.paper.design.plan import Plan
from dt4ecg.paper.design.published import GRADNORMS
from dt4ecg.paper.judge import rules
from dt4ecg.paper.judge.inputs import Results
from dt4ecg.paper.judge.verdicts import FAILS, OPEN, Finding, InconclusiveError


@dataclass(frozen=True)
class Claim:
    """One claim of the paper.

    Attributes
    ----------
    text : str
        The claim as a sentence.
    judge : callable
        Function of :mod:`dt4ecg.paper.judge.rules`; ``judge(plan, results, **settings)``.
    parts : tuple of str
        Names of the tables and figures with the cells of the claim. One of them is enough.
    settings : dict, default empty
        Arguments of ``judge``.
    premise : Claim or None
        If the premise does not hold and this claim does not hold, the finding follows from the
        premise.
    """

    text: str
    judge: Callable[..., Finding]
    parts: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    premise: Claim | None = None

    @property
    def rule(self) -> str:
        """Return the rule of the verdict, which is the docstring of ``judge``."""
        return " ".join(inspect.cleandoc(self.judge.__doc__ or "").split())

    def __call__(self, plan: Plan, results: Results) -> Finding:
        """Judge the claim."""
        try:
            finding = self.judge(plan, results, **self.settings)
        except InconclusiveError as reason:
            return Finding(OPEN, "", str(reason))
        if self.premise is None or finding.verdict != FAILS:
            return finding
        return replace(finding, follows=self.premise(plan, results).verdict == FAILS)


ALGORITHM_1 = Claim("The printed Algorithm 1 trains", rules.algorithm_1_trains, ("IV", "7"))


def _of_gradnorms(
    text: str,
    judge: Callable[..., Finding],
    parts: tuple[str, ...],
    settings: Callable[[str], Mapping[str, Any]] = lambda weighting: {"weighting": weighting},
) -> list[Claim]:
    """Return the claim for both candidates of what the paper calls GradNorm."""
    return [
        Claim(
            f"{text} ({title})",
            judge,
            parts,
            settings(name),
            premise=ALGORITHM_1 if name == "paper" else None,
        )
        for name, title in GRADNORMS.items()
    ]


CLAIMS: tuple[Claim, ...] = (
    *(
        Claim(
            f"DT4ECG beats all other networks on both tasks ({how})",
            rules.beats_all_baselines,
            ("I",),
            {"row_of": row},
        )
        for row, how in (
            (tables.DT4ECG, tables.WITHOUT),
            (tables.weighted("chen2018"), GRADNORMS["chen2018"]),
        )
    ),
    Claim(
        "SCA gives the best activity accuracy in all five networks",
        rules.sca_is_best_for_activity,
        ("III",),
    ),
    Claim(
        "Attention barely matters for identity",
        rules.attention_barely_matters_for_identity,
        ("III",),
    ),
    Claim("Learning two tasks compromises neither", rules.two_tasks_compromise_neither, ("IV",)),
    *(
        Claim(
            f"The results are comparable to the state of the art ({task})",
            rules.comparable_to_the_state_of_the_art,
            ("II",),
            {"task": task},
        )
        for task in ("identity", "activity")
    ),
    ALGORITHM_1,
    *_of_gradnorms(
        "At 20 epochs GradNorm gains "
        + " and ".join(
            f"{scores.accuracy - published.WITHOUT_GRADNORM[task].accuracy:.1f} points of {task}"
            for task, scores in published.WITH_GRADNORM.items()
        )
        + " on the test set",
        rules.gradnorm_gains_on_the_test_set,
        ("IV", "7"),
    ),
    *_of_gradnorms(
        f"With GradNorm the activity's training accuracy is about {published.GAIN_PER_EPOCH:g} "
        "points higher in each of 20 epochs",
        rules.gradnorm_lifts_each_epoch,
        ("IV", "7"),
    ),
    *_of_gradnorms(
        "With GradNorm the activity's training accuracy passes "
        f"{published.PASSED_IN_SHORT_TRAINING:g} % within 20 epochs",
        rules.gradnorm_passes_90_percent,
        ("IV", "7"),
    ),
    Claim(
        "Without GradNorm identity converges near epoch "
        f"{published.CONVERGED_WITHOUT['identity']} and activity near "
        f"{published.CONVERGED_WITHOUT['activity']}",
        rules.converges_near,
        ("6",),
        {"row_of": tables.WITHOUT, "epochs": published.CONVERGED_WITHOUT},
    ),
    *_of_gradnorms(
        f"With GradNorm identity converges near epoch {published.CONVERGED_WITH['identity']} and "
        f"activity near {published.CONVERGED_WITH['activity']}",
        rules.converges_near,
        ("6",),
        lambda weighting: {"row_of": GRADNORMS[weighting], "epochs": published.CONVERGED_WITH},
    ),
)


def of_parts(names: Collection[str]) -> list[Claim]:
    """Return the claims that a run with these tables and figures can judge."""
    return [claim for claim in CLAIMS if not set(names).isdisjoint(claim.parts)]
