"""Finished cells with chosen scores, and the files of a run, without training."""

from dt4ecg import metrics
from dt4ecg.paper.design import published
from dt4ecg.paper.design.plan import Plan
from dt4ecg.paper.design.sources import Source
from dt4ecg.paper.run.result import Result

RECORDINGS = 10
N = 200
PLAN = Plan(
    source=Source("made"),
    protocol="random",
    seeds=(0, 1, 2),
    epochs=published.EPOCHS,
    short_epochs=published.SHORT_EPOCHS,
    tasks=("identity", "activity"),
    scored=("identity", "activity"),
)


def cells(table, right, **made):
    """Return results of the rows of a table; ``right`` gives k of N by label."""
    of = {k: result_of(k, N, **made) for k in {right(row.label) for row in table.rows} - {None}}
    return {
        cell: of[right(row.label)]
        for row in table.rows
        if right(row.label) is not None
        for cell in row.cells
    }


def history(accuracies, weight=1.0):
    """Return a history with the same accuracies and weight for both tasks."""
    return {
        "tasks": ["identity", "activity"],
        "epoch": list(range(1, len(accuracies) + 1)),
        "loss": [[1.0, 1.0]] * len(accuracies),
        "accuracy": [[accuracy, accuracy] for accuracy in accuracies],
        "weight": [[weight, weight]] * len(accuracies),
    }


def result_of(identity, n, activity=None, history=None):
    """Return a result with this number of right answers per task, spread over all recordings."""
    right = {"identity": identity, "activity": identity if activity is None else activity}
    truth = [i // RECORDINGS % 2 for i in range(n)]
    predicted = {
        task: [label if i < k else 1 - label for i, label in enumerate(truth)]
        for task, k in right.items()
    }
    return Result(
        test=list(range(n)),
        recordings=[i % RECORDINGS for i in range(n)],
        truth=dict.fromkeys(right, truth),
        predicted=predicted,
        scores={
            task: metrics.report(truth, of, ["a", "b"]).to_dict()["label"]
            for task, of in predicted.items()
        },
        history=history,
        parameters=None,
        multiply_adds=None,
        n_train=n,
        leaks="",
        data={
            "name": "made",
            "simulated": True,
            "citation": "",
            "segments": n,
            "recordings": RECORDINGS,
            "classes": {"identity": 2, "activity": 2},
        },
        warnings=[],
        seconds=0.0,
        environment={},
    )


def files_of(out):
    """Return the files of a run, without its cells."""
    return {file.name: file.read_bytes() for file in out.iterdir() if file.is_file()}


def cell_files(out):
    return sorted((out / "cells").glob("*.json"))


def cells_of(out):
    """Return time and content of the cells of a run."""
    return {file: (file.stat().st_mtime_ns, file.read_bytes()) for file in cell_files(out)}


def rows_of(page):
    """Return the rows of all tables of a Markdown page."""
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in page.splitlines()
        if line.startswith("|")
    ]
