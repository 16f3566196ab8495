"""The paper's figures as rows of cells."""

from __future__ import annotations

from collections.abc import Callable

from dt4ecg.paper.design import published
from dt4ecg.paper.design.names import FIGURE_NAMES
from dt4ecg.paper.design.plan import Plan
from dt4ecg.paper.design.published import GRADNORMS
from dt4ecg.paper.design.rows import Figure, network_row
from dt4ecg.paper.design.tables import WITHOUT, table_iv


def figure_6(plan: Plan) -> Figure:
    """Return Fig. 6: convergence of both tasks with and without GradNorm."""
    return Figure(
        "6",
        f"Fig. 6: training accuracy (epochs: {plan.epochs})",
        "How fast does each task learn, without and with GradNorm? According to the paper, "
        "identity converges near epoch "
        f"{published.CONVERGED_WITHOUT['identity']} and activity near "
        f"{published.CONVERGED_WITHOUT['activity']} without GradNorm, and near "
        f"{published.CONVERGED_WITH['identity']} and {published.CONVERGED_WITH['activity']} with "
        "it (dotted lines).",
        (
            network_row(plan, WITHOUT),
            *(network_row(plan, title, weighting=name) for name, title in GRADNORMS.items()),
        ),
        epochs={
            task: (published.CONVERGED_WITHOUT[task], published.CONVERGED_WITH[task])
            for task in published.CONVERGED_WITHOUT
        },
    )


def figure_7(plan: Plan) -> Figure:
    """Return Fig. 7: the short training of Table IV."""
    table = table_iv(plan)
    return Figure(
        "7",
        f"Fig. 7: training accuracy in a short training (epochs: {plan.short_epochs})",
        "How fast does each task learn in the first epochs? According to the paper, GradNorm "
        "increases the training accuracy of the activity by about "
        f"{published.GAIN_PER_EPOCH:g} points in each epoch, to more than "
        f"{published.PASSED_IN_SHORT_TRAINING:g} % (dotted line).",
        tuple(table.row(label) for label in (WITHOUT, *GRADNORMS.values())),
        levels={"activity": published.PASSED_IN_SHORT_TRAINING},
    )


FIGURES: dict[str, Callable[[Plan], Figure]] = dict(
    zip(FIGURE_NAMES, (figure_6, figure_7), strict=True)
)
