"""The sections of a report on a run."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from dt4ecg._common.document import Block, Code, Grid, Heading, Picture, Text
from dt4ecg._common.text import literal
from dt4ecg._common.wording import counted
from dt4ecg.runs.reporting import card, pictures

if TYPE_CHECKING:
    from dt4ecg.runs.reporting.contents import Contents
    from dt4ecg.runs.reporting.scores import TaskScores

FEW_UNITS = 20


def blocks(report: Contents) -> list[Block]:
    """Return the sections: warnings, scores, data, leaks, curves, errors, methods, environment."""
    return [
        Heading(f"Report: {literal(report.title)}", 1),
        *_warnings(report),
        *_scores(report),
        *card.blocks(report.data, report.split),
        Heading("Leaks from the training part into the test part"),
        Code(str(report.leaks)),
        *_curves(report),
        *_errors(report),
        Heading("Methods"),
        Text(literal(report.methods.text)),
        *(
            Text(literal(f"[{i}] {work}."))
            for i, work in enumerate(report.methods.works.values(), 1)
        ),
        Heading("Environment of the training"),
        _environment(report),
    ]


def _environment(report: Contents) -> Block:
    if not report.environment:
        return Text("Unknown: an older version made the run, which did not store it.")
    rows = tuple((literal(name), literal(value)) for name, value in report.environment.items())
    return Grid(("fact", "value"), rows)


def units_of(scores: TaskScores) -> str:
    """Return the number of people or recordings that the bootstrap draws, as "1 person"."""
    singular = "person" if scores.unit == "people" else "recording"
    return counted(scores.n_units, singular, scores.unit)


def _warnings(report: Contents) -> list[Block]:
    found = []
    if report.data.simulated:
        found.append("**All signals are simulated; nothing was measured on people.**")
    if report.leaks.neighbours:
        share = report.leaks.neighbours / report.leaks.n_test
        found.append(
            f"**The split leaks.** {share:.0%} of the test segments lie less than a segment from a "
            "training one. The scores say how well the model fits these recordings, and not how "
            "well it does on another day. The protocols blocked, session and subject keep "
            "neighbours apart."
        )
    if report.history is not None and report.history["skipped_steps"][-1]:
        steps = counted(int(report.history["skipped_steps"][-1]), "step")
        found.append(
            f"**The training skipped {steps}** without finite losses and gradients; use a smaller "
            "learning rate."
        )
    for task, scores in report.scores.items():
        if scores.untrained:
            found.append(
                f"{literal(task)}: {counted(scores.untrained, 'test segment')} with a label that "
                "was never trained "
                f"{'is' if scores.untrained == 1 else 'are'} not scored."
            )
    return [Text(text) for text in found]


def _scores(report: Contents) -> list[Block]:
    found: list[Block] = [Heading("Scores of the test part")]
    missing = [task for task in report.data.tasks if task not in report.scores]
    if missing:
        found.append(
            Text(
                f"Not scored: {literal(', '.join(missing))}. The protocol "
                f"{literal(report.split.protocol)} cannot answer it, or there are no test labels "
                "that the model was trained on."
            )
        )
    if not report.scores:
        return found
    head = (
        "task",
        "accuracy (k/N)",
        "Wilson 95 %",
        "bootstrap 95 %",
        "macro F1",
        "most frequent label",
    )
    rows = []
    for task, scores in report.scores.items():
        total = scores.scores
        units = units_of(scores)
        rows.append(
            (
                literal(task),
                f"{100 * total.accuracy:.1f} % ({total.correct}/{total.n})",
                _interval(total.interval),
                f"{_interval(scores.interval)} ({units})"
                if scores.interval
                else f"none for {units}",
                f"{total.f1_macro:.3f}",
                f"{100 * scores.chance:.1f} %",
            )
        )
    found += [Grid(head, tuple(rows)), Text(_reading(report))]
    for task, scores in report.scores.items():
        image = pictures.confusion(task, scores.scores, report.data.simulated)
        if image is not None:
            name = f"report-confusion-{list(report.scores).index(task)}"
            caption = f"Confusions of {literal(task)}: rows are true labels, numbers are segments."
            found.append(Picture(name, caption, image))
    return found


def _reading(report: Contents) -> str:
    text = (
        "The interval of Wilson takes segments as independent and is too narrow for segments of "
        "one recording. The bootstrap draws whole people or recordings."
    )
    few = min(scores.n_units for scores in report.scores.values())
    if few < FEW_UNITS:
        text += f" With fewer than {FEW_UNITS} of them, as here, it is too narrow too."
    return text


def _interval(ends: tuple[float, float] | None) -> str:
    return "none" if ends is None else f"{100 * ends[0]:.1f} to {100 * ends[1]:.1f} %"


def _curves(report: Contents) -> list[Block]:
    found: list[Block] = [Heading("Training")]
    if report.history is None:
        return [*found, Text("The model file has no history of its training.")]
    image = pictures.curves(report.history, report.data.simulated)
    if image is not None:
        caption = "Losses, accuracies, task weights and gradient norms by epoch."
        found.append(Picture("report-curves", caption, image))
    return found


def _errors(report: Contents) -> list[Block]:
    found: list[Block] = [Heading("Most confident errors")]
    for i, (task, errors) in enumerate(report.errors.items()):
        total = report.scores[task].scores
        wrong = counted(total.n - total.correct, "wrong prediction")
        found += [
            Heading(literal(task.capitalize()), 3),
            Text(f"{wrong} of {counted(total.n, 'segment')}."),
        ]
        if not errors:
            continue
        rows = tuple(
            (
                literal(error.recording),
                "unknown" if math.isnan(error.start) else f"{error.start:.1f}",
                literal(error.true),
                literal(error.predicted),
                f"{error.confidence:.3f}",
            )
            for error in errors
        )
        head = ("recording", "start (s)", "true", "predicted", "probability")
        found.append(Grid(head, rows))
        image = pictures.errors(report.data, errors)
        if image is not None:
            caption = "First lead of the first of these segments; time in s."
            found.append(Picture(f"report-errors-{i}", caption, image))
    return found
