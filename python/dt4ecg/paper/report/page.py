"""The report on one run: the claims with their verdicts, the tables and the figures.

A report depends only on the finished cells and on the reasons why others failed. Equal cells give
equal bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dt4ecg._common.document import Block, Grid, Heading, Picture, Text
from dt4ecg._common.text import literal
from dt4ecg.metrics.bootstrap import RESAMPLES
from dt4ecg.paper.design import published
from dt4ecg.paper.design.cells import Cell
from dt4ecg.paper.design.plan import Plan
from dt4ecg.paper.design.rows import Figure, Table
from dt4ecg.paper.judge.claims import CLAIMS, of_parts
from dt4ecg.paper.judge.inputs import Results
from dt4ecg.paper.report.run_facts import any_result, data_and_protocol, of_run, run_facts
from dt4ecg.paper.report.score_tables import comparisons, comparisons_grid, has_task, scores_grid

TITLE = "DT4ECG: the paper's experiments, run again"
ABOUT = (
    "You et al. (DT4ECG: A Dual-Task Learning Framework for ECG-Based Human Identity Recognition "
    "and Human Activity Detection, 2025) train one network that recognises a person and their "
    "activity from 3 seconds of ECG. The network is a small residual network with an attention "
    "called SCA. A rule called GradNorm weights its two tasks. Their recordings are private."
)
_INTRODUCTION = (
    f"{ABOUT} This report repeats their tables and figures on other data, shows their numbers "
    "next to ours, and gives a verdict on each claim that these tables and figures address."
)


def build(
    plan: Plan,
    tables: Sequence[Table],
    figures: Sequence[Figure],
    pictures: Mapping[str, bytes],
    results: Results,
    failures: Mapping[Cell, str],
    command: str,
) -> list[Block]:
    """Return the blocks of a report.

    Parameters
    ----------
    plan : Plan
        The plan of the run.
    tables : sequence of Table
        The tables of the report.
    figures : sequence of Figure
        The figures of the report.
    pictures : dict of str to bytes
        PNG images by the name of the figure.
    results : dict of Cell to Result
        The finished cells.
    failures : dict of Cell to str
        Tracebacks of the cells that failed.
    command : str
        The command line that wrote the report.
    """
    blocks: list[Block] = [Heading(TITLE, 1), Text(_INTRODUCTION)]
    parts: list[Table | Figure] = [*tables, *figures]
    if not results:
        return [
            *blocks,
            Text("**No cell has been computed.**"),
            *run_facts(plan, parts, command, results),
        ]
    simulated = any_result(results).data["simulated"]
    if simulated:
        blocks.append(
            Text(
                "**All signals of this report are simulated; nothing was measured on people.** "
                "The numbers describe the methods on the simulated cohort only."
            )
        )
    blocks += [
        *run_facts(plan, parts, command, results),
        *_reading(),
        *_claims(plan, parts, results),
    ]
    for table in tables:
        blocks += _table(plan, table, results, failures, simulated)
    for figure in figures:
        blocks += [Heading(figure.title), Text(figure.question)]
        if figure.name in pictures:
            blocks += [
                Picture(
                    f"figure-{figure.name}",
                    f"{figure.title}, {literal(of_run(plan, results))}",
                    pictures[figure.name],
                ),
                Text(
                    "Lines are means over the seeds. Bands reach from the lowest seed to the "
                    "highest. The training accuracy is measured during the steps of an epoch, "
                    "while the parameters change."
                ),
            ]
        elif any(cell in results for row in figure.rows for cell in row.cells):
            blocks.append(Text("The figure could not be drawn."))
        else:
            blocks.append(Text("No finished cells."))
    return blocks


def _reading() -> list[Block]:
    return [
        Heading("How to read the numbers"),
        Text(
            "Accuracies are in %, after the last epoch. **k/N** pools the test segments of all "
            "seeds. The interval in parentheses is that of Wilson (95 %) for the number of "
            "distinct segments. **mean ± sd** is over the seeds. Precision, recall and F1 weight "
            "the classes by their number of segments, as in the paper. Macro F1 weights them "
            "equally. Multiply-adds are per segment. Parameters are those of the whole network "
            "including its heads, so that a network has more parameters for more classes or tasks."
        ),
        Text(
            "**The columns of the paper** refer to its own data: "
            f"{published.PEOPLE} people (chance {100 / published.PEOPLE:.1f} %), "
            f"{published.ACTIVITIES} activities (chance {100 / published.ACTIVITIES:.1f} %), a "
            f"random split, {published.TEST_SEGMENTS} test segments and one run without an "
            "interval. Compare the order of the models, not the numbers."
        ),
        Text(
            "**Segments of one recording are not independent.** The interval of Wilson and the "
            "test of McNemar ignore this, so they are too narrow and too certain. Comparisons "
            "therefore have a bootstrap interval that draws whole recordings, and the seeds of the "
            f"trainings with them ({RESAMPLES:,} times). The verdicts depend on this interval. It "
            "is still too narrow, because it treats recordings of one person as independent, and "
            "because three seeds show little of the variation between trainings. McNemar's exact "
            "test counts each segment once, with the first seed that tests it. Holm's correction "
            "is over all comparisons of a table. The intervals in the tables are not corrected for "
            "the number of comparisons. Intervals that refute a claim are."
        ),
    ]


def _claims(plan: Plan, parts: Sequence[Table | Figure], results: Results) -> list[Block]:
    claims = of_parts([part.name for part in parts])
    others = others_than(len(claims))
    if not claims:
        return [Heading("The paper's claims"), Text(others)]
    where = literal(data_and_protocol(plan, results))
    rows = []
    for claim in claims:
        finding = claim(plan, results)
        rows.append((claim.text, f"**{finding.verdict}**", where, finding.text))
    rules = {claim.rule: claim.text for claim in reversed(claims)}
    return [
        Heading("The paper's claims"),
        Text(
            "Each claim has a rule, which is printed below. Thresholds and distances from them are "
            "in points. A verdict is about these data and this protocol, not about those of the "
            "paper. "
            f"{others}".rstrip()
        ),
        Grid(("claim", "verdict", "data, protocol", "our numbers"), tuple(rows)),
        Text(
            "**The rules.** A verdict needs every cell of its claim, trained as long as in the "
            "paper, with at least three seeds. A claim about all members of a family is refuted by "
            "the members that are computed. At a ceiling, where even a model without an error "
            "would not be clearly above the threshold, only a loss refutes the claim: an interval "
            "below 0. If a claim has several comparisons, one of them refutes it only by an "
            "interval that is corrected for their number (Bonferroni: 95 % for all of them "
            "together). To hold, a claim needs all of its comparisons, so that no correction is "
            "necessary."
        ),
        Grid(
            ("claim", "rule"),
            tuple((text, rule) for rule, text in reversed(list(rules.items()))),
        ),
    ]


def others_than(judged: int) -> str:
    """Return a sentence on the claims that a run does not judge; empty if it judges all."""
    if not judged:
        return f"None of the paper's {len(CLAIMS)} claims is part of this run."
    left = len(CLAIMS) - judged
    return f"{left} of the paper's {len(CLAIMS)} claims are not part of this run." if left else ""


def _table(
    plan: Plan,
    table: Table,
    results: Results,
    failures: Mapping[Cell, str],
    simulated: bool,
) -> list[Block]:
    blocks: list[Block] = [
        Heading(table.title + (" (simulated data)" if simulated else "")),
        Text(table.question),
    ]
    for task in plan.tasks:
        if task not in plan.scored:
            blocks.append(
                Text(f"{task.capitalize()} is not scored with the protocol {plan.protocol}.")
            )
            continue
        rows = [row for row in table.rows if task in row.paper or has_task(row, task)]
        grid = scores_grid(rows, task, results, failures, simulated)
        blocks += [Heading(task.capitalize(), 3), grid]
    compared = comparisons(table, results)
    if compared:
        blocks += [Heading("Differences", 3), comparisons_grid(compared, simulated)]
    return blocks
