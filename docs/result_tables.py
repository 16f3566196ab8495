"""Markdown tables of the result files in benchmarks/reproduction."""

import json
import statistics
from collections.abc import Iterable
from pathlib import Path
from typing import Any

REPORTS = Path(__file__).parents[1] / "benchmarks" / "reproduction"
TASKS = ("identity", "activity")
DATA = {"motion-ecg": "`motion-ecg`", "paper-cohort": "`paper-cohort`, simulated"}
PROTOCOL_RUNS = (
    "motion-ecg-random",
    "motion-ecg-blocked",
    "motion-ecg-session",
    "motion-ecg-subject",
    "paper-cohort-random",
    "paper-cohort-blocked",
)
# Each candidate's key in recipe-choice.json, and its description.
CANDIDATES = {
    "paper": "the paper's recipe",
    "smoothing, cosine": "labels smoothed by 0.1, cosine",
    "standardize": "standardised",
    "standardize, smoothing": "standardised, labels smoothed",
    "standardize, cosine": "standardised, cosine",
    "standardize, smoothing, cosine": "standardised, labels smoothed, cosine (`strong`)",
}
# Distinct test segments of all five seeds, as `python -m benchmarks.recipe_choice` prints them.
DISTINCT = {"session": 1426, "subject": 1221}


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table."""
    lines = [list(head)]
    lines += [["---"] * len(lines[0]), *map(list, rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def summary(run: str) -> dict[str, Any]:
    """Return the numbers of one run."""
    return json.loads((REPORTS / run / "summary.json").read_bytes())


def accuracy(scores: dict[str, Any] | None) -> str:
    """ "96.7 (2640/2730, 95.3-97.7)" for the scores of one row and task."""
    if scores is None:
        return "not scored"
    low, high = (f"{100 * bound:.1f}" for bound in scores["interval"])
    return f"{100 * scores['accuracy']:.1f} ({scores['correct']}/{scores['n']}, {low}-{high})"


def difference(pair: dict[str, Any]) -> str:
    """ "+2.7 (+1.0 to +4.7)" in points; bold where the interval excludes 0."""
    low, high = pair["interval"]
    text = f"{100 * pair['difference']:+.1f}"
    text = f"**{text}**" if low > 0 or high < 0 else text
    return f"{text} ({100 * low:+.1f} to {100 * high:+.1f})"


def row(run: str, name: str, label: str) -> dict[str, Any]:
    """Return one row of a table of a run."""
    rows = summary(run)["tables"][name]["rows"]
    return next(row for row in rows if row["label"] == label)


def comparison(run: str, name: str, first: str, second: str, task: str) -> str:
    """Return one difference of a table of a run; empty where it was not computed."""
    table_ = summary(run)["tables"].get(name)
    for pair in table_["comparisons"] if table_ else ():
        if (pair["first"], pair["second"], pair["task"]) == (first, second, task):
            return difference(pair)
    return ""


def _of_run(run: str) -> list[str]:
    found = summary(run)
    return [DATA[found["data"]], f"`{found['protocol']}`"]


def by_protocol() -> str:
    """DT4ECG without a weighting, for each set and protocol."""
    rows = []
    for run in PROTOCOL_RUNS:
        ours = row(run, "I", "DT4ECG")["ours"]
        rows.append([*_of_run(run), *(accuracy(ours.get(task)) for task in TASKS)])
    return table(("data", "protocol", *TASKS), rows)


def networks_blocked() -> str:
    """Return the table of all networks of Table I on motion-ecg, blocked."""
    rows = [
        [row["label"], *(accuracy(row["ours"].get(task)) for task in TASKS)]
        for row in summary("motion-ecg-blocked")["tables"]["I"]["rows"]
    ]
    return table(("network", *TASKS), rows)


def less_densenet() -> str:
    """DT4ECG less DenseNet, with and without GradNorm."""
    weighted = next(
        row["label"]
        for row in summary("motion-ecg-blocked")["tables"]["I"]["rows"]
        if "Chen et al." in row["label"]
    )
    rows = []
    for run in PROTOCOL_RUNS:
        for label, name in (("none", "DT4ECG"), ("GradNorm of Chen et al.", weighted)):
            found = [comparison(run, "I", name, "1D-DenseNet", task) for task in TASKS]
            if any(found):
                rows.append([*_of_run(run), label, *found])
    return table(("data", "protocol", "weighting", *TASKS), rows)


def additions() -> str:
    """Gains by SCA and by GradNorm, for each set and protocol."""
    rows = []
    for run in PROTOCOL_RUNS:
        attention = [comparison(run, "I", "DT4ECG", "1D-ResNet", task) for task in TASKS]
        weighting = [
            comparison(run, "IV", "GradNorm of Chen et al. 2018", "without GradNorm", task)
            for task in TASKS
        ]
        rows.append([*_of_run(run), *attention, *weighting])
    head = [f"{what}: {task}" for what in ("SCA", "GradNorm") for task in TASKS]
    return table(("data", "protocol", *head), rows)


def methods_motion() -> str:
    """DT4ECG and the closest methods of Table II on motion-ecg."""
    run = "motion-ecg-random"
    rows = []
    for task in TASKS:
        found = [row for row in summary(run)["tables"]["II"]["rows"] if row["ours"].get(task)]
        others = [row for row in found if row["label"] != "DT4ECG"]
        best = max(others, key=lambda row: row["ours"][task]["accuracy"])
        rows.append(
            [
                task,
                accuracy(row(run, "II", "DT4ECG")["ours"][task]),
                best["label"].split(" (")[0],
                accuracy(best["ours"][task]),
                comparison(run, "II", "DT4ECG", best["label"], task),
            ]
        )
    return table(("task", "DT4ECG", "closest method", "its accuracy", "DT4ECG less it"), rows)


def methods_identity() -> str:
    """DT4ECG and the closest method of Table II on the sets without activities."""
    names = {
        "ecg-id-random": "`ecg-id`, all 90 people",
        "ecg-id-20-random": "`ecg-id`, the 20 people with the most recordings",
        "mit-bih-random": "`mit-bih`, excerpts of 47 people",
    }
    rows = []
    for run, name in names.items():
        label = next(
            row["label"]
            for row in summary(run)["tables"]["II"]["rows"]
            if "multi-similarity" in row["label"]
        )
        rows.append(
            [
                name,
                accuracy(row(run, "II", "DT4ECG")["ours"]["identity"]),
                accuracy(row(run, "II", label)["ours"]["identity"]),
                comparison(run, "II", "DT4ECG", label, "identity"),
            ]
        )
    return table(("data", "DT4ECG", "1D-CNN, multi-similarity loss", "DT4ECG less it"), rows)


def attentions_activity() -> str:
    """Activity accuracy of each network with each attention, on motion-ecg."""
    found: dict[str, dict[str, str]] = {}
    for row in summary("motion-ecg-random")["tables"]["III"]["rows"]:
        network, attention = row["label"].split(", ")
        found.setdefault(network, {})[attention] = accuracy(row["ours"]["activity"])
    head = list(next(iter(found.values())))
    return table(("network", *head), [[name, *cells.values()] for name, cells in found.items()])


def recipes() -> str:
    """Return the table of the recipe strong compared with the paper's."""
    rows = []
    for run, name in (
        ("motion-ecg-session-recipes", "a session with new electrodes"),
        ("motion-ecg-subject-recipes", "three new people"),
    ):
        strong, paper = (f"DT4ECG, recipe {recipe}" for recipe in ("strong", "paper"))
        for task in TASKS:
            scores = [row(run, "recipes", label)["ours"].get(task) for label in (strong, paper)]
            if all(scores):
                compared = comparison(run, "recipes", strong, paper, task)
                rows.append([name, task, *map(accuracy, scores), compared])
    return table(("tested on", "task", "`strong`", "the paper's recipe", "difference"), rows)


def recipe_candidates() -> str:
    """Return the table of the trials from which the recipe strong was chosen."""
    from dt4ecg.metrics import wilson_interval

    trials = json.loads((REPORTS / "recipe-choice.json").read_bytes())["trials"]
    rows = []
    for key, name in CANDIDATES.items():
        cells = []
        for protocol, distinct in DISTINCT.items():
            of_seeds = [trials[f"{key} | {protocol} | seed {seed}"] for seed in range(5)]
            k, n = (sum(trial[part] for trial in of_seeds) for part in ("k", "n"))
            percent = [100 * trial["k"] / trial["n"] for trial in of_seeds]
            low, high = (100 * x for x in wilson_interval(distinct * k / n, distinct))
            cells.append(
                f"{statistics.mean(percent):.1f} ± {statistics.stdev(percent):.1f} "
                f"({k}/{n}, {low:.1f}-{high:.1f})"
            )
        rows.append([name, *cells])
    head = ("candidate", "identity, electrodes never seen", "activity, people never seen")
    return table(head, rows)


CALIBRATION = {
    "none": ("two electrodes", "none", "new electrode"),
    "same electrodes": ("two electrodes", "their last 20 %", "new electrode"),
    "crossed electrodes": ("two electrodes", "one for the other", "new electrode"),
    "one electrode": ("one electrode", "none", "new electrode"),
    "held-out electrode": ("one electrode", "another electrode", "new electrode"),
    "later": ("two electrodes", "none", "later, same electrodes"),
    "later, calibrated": ("two electrodes", "later, same electrodes", "later, same electrodes"),
}


def calibration() -> str:
    """Return the calibration errors before and after, and the coverage of the sets."""
    content = json.loads((REPORTS.parent / "results" / "calibration.json").read_bytes())
    rows = []
    for recipe, by_way in content["results"].items():
        for way, where in CALIBRATION.items():
            for task in TASKS:
                found = by_way[way][task]
                low, high = found["interval"]
                share = 100 * found["correct"] / found["n"]
                sets = "-"
                if "set_coverage" in found:
                    sets = f"{100 * found['set_coverage']:.0f} %, {found['set_size']:.1f} labels"
                rows.append(
                    [
                        f"`{recipe}`",
                        *where,
                        task,
                        f"{found['error']:.3f} ({low:.3f}-{high:.3f})",
                        f"{share:.1f} ({found['correct']}/{found['n']})",
                        sets,
                    ]
                )
    head = ("recipe", "trained on", "calibrated on", "tested on", "task", "calibration error")
    return table((*head, "accuracy", "sets for 90 %"), rows)


TABLES = {
    "calibration": calibration,
    "by-protocol": by_protocol,
    "networks-blocked": networks_blocked,
    "less-densenet": less_densenet,
    "additions": additions,
    "methods-motion": methods_motion,
    "methods-identity": methods_identity,
    "attentions-activity": attentions_activity,
    "recipes": recipes,
    "recipe-candidates": recipe_candidates,
}
