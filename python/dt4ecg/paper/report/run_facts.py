"""The facts of a run in a report: data, protocol, seeds, epochs, leaks and environment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from dt4ecg._common.document import Block, Code, Heading, Text
from dt4ecg._common.text import literal
from dt4ecg._common.wording import counted
from dt4ecg.paper.design import published
from dt4ecg.paper.design.plan import Plan
from dt4ecg.paper.design.rows import Figure, Table, cells_of
from dt4ecg.paper.judge.inputs import Results
from dt4ecg.paper.run.result import Result


def run_facts(
    plan: Plan, parts: Sequence[Table | Figure], command: str, results: Results
) -> list[Block]:
    """Return the section of a report on the run itself."""
    facts = [f"Data: {literal(plan.source.title)}"]
    blocks: list[Block] = [Heading("This run"), Code(command)]
    if results:
        data = any_result(results).data
        activities = data["classes"]["activity"]
        citation = literal(data["citation"].strip().rstrip("."))
        facts = [
            f"Data: {literal(of_people(plan, results))}"
            + (f", {counted(activities, 'activity', 'activities')}" if activities else "")
            + f": {counted(data['segments'], 'segment')} from "
            + f"{counted(data['recordings'], 'recording')}."
            + (f" Source: {citation}." if citation else "")
        ]
        chance = ", ".join(f"{task} {100 / data['classes'][task]:.1f} %" for task in plan.scored)
        facts.append(f"Accuracy by chance: {chance}.")
    facts.append(f"SHA-256 of segments and labels: `{plan.source.sha256}`.")
    split = "the split, " if _splits_differ(results) else ""
    facts.append(
        f"Protocol: {plan.protocol}, {1 - published.TEST_SIZE:.0%} for training. Seeds: "
        f"{', '.join(map(str, plan.seeds))}; each seeds {split}the initial weights and the order "
        f"of the segments. "
        f"Adam {published.LEARNING_RATE:g}, batch {published.BATCH_SIZE}, epochs: {_epochs(parts)}."
    )
    blocks += [Text(fact) for fact in facts]
    if results:
        first = min(results, key=lambda cell: cell.seed)
        blocks += [
            Text(
                f"Overlap of the test part with the training part (seed {first.seed}). The random "
                "split of the paper leaks: it measures how well a system fits the recordings, and "
                "not how well it recognises a person on another day."
            ),
            Code(results[first].leaks),
        ]
        blocks += _environments(results)
    return blocks


def _epochs(parts: Sequence[Table | Figure]) -> str:
    """Return one number, or one per kind of part, as "50 (Table I), 20 (Table IV, Fig. 7)"."""
    titles: dict[int, list[str]] = {}
    for part in parts:
        for epochs in dict.fromkeys(cell.epochs for cell in cells_of([part])):
            titles.setdefault(epochs, []).append(part.short_title)
    if len(titles) < 2:
        return ", ".join(map(str, titles)) or "none"
    return ", ".join(f"{epochs} ({', '.join(names)})" for epochs, names in titles.items())


def _environments(results: Results) -> list[Block]:
    """Return the environments of the cells; a run that was continued can have several."""
    cells = Counter(
        ", ".join(f"{name} {value}" for name, value in result.environment.items())
        for result in results.values()
    )
    if len(cells) == 1:
        return [Text("Computed with:"), Code(next(iter(cells)))]
    return [
        Text(
            f"**The cells were computed in {len(cells)} environments**, which differ in build, "
            "versions or commit:"
        ),
        Code(
            "\n".join(f"{counted(count, 'cell')}: {made}" for made, count in sorted(cells.items()))
        ),
    ]


def of_people(plan: Plan, results: Results) -> str:
    """Return the data set and the number of people, as "ecg-id, 20 people"."""
    if not results:
        return plan.source.title
    data = any_result(results).data
    kind = ", simulated" if data["simulated"] else ""
    people = counted(data["classes"]["identity"], "person", "people")
    return f"{data['name'] or plan.source.title}{kind}, {people}"


def of_run(plan: Plan, results: Results) -> str:
    """Return data, protocol and seeds, as "motion-ecg, 10 people, blocked, seeds 0, 1"."""
    seeds = ", ".join(map(str, plan.seeds))
    return f"{data_and_protocol(plan, results)}, seeds {seeds}"


def data_and_protocol(plan: Plan, results: Results) -> str:
    """Return data and protocol, as "motion-ecg, 10 people, blocked"."""
    return f"{of_people(plan, results)}, {plan.protocol}"


def _splits_differ(results: Results) -> bool:
    """Return whether the seeds test different segments."""
    return len({tuple(result.test) for result in results.values()}) > 1


def any_result(results: Results) -> Result:
    """Return the first result, for facts that all results share."""
    return next(iter(results.values()))
