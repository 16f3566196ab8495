"""Markdown tables of benchmarks/results/pretraining-*.json."""

import json
from pathlib import Path
from typing import Any

from result_tables import table

RESULTS = Path(__file__).parents[1] / "benchmarks" / "results"


def results(name: str) -> dict[str, Any]:
    """Return one result file."""
    found: dict[str, Any] = json.loads((RESULTS / f"pretraining-{name}.json").read_bytes())
    return found


def number(value: float, interval: list[float]) -> str:
    """ "0.712 (0.701-0.723)"."""
    low, high = interval
    return f"{value:.3f} ({low:.3f}-{high:.3f})"


def signed(value: float, interval: list[float]) -> str:
    """ "+3.1 (+1.0 to +5.2)" in points; bold where the interval excludes 0."""
    low, high = (100 * bound for bound in interval)
    text = f"{100 * value:+.1f}"
    text = f"**{text}**" if low > 0 or high < 0 else text
    return f"{text} ({low:+.1f} to {high:+.1f})"


def choice() -> str:
    """The candidates on the validation recordings."""
    rows = []
    for name, entry in results("choice")["candidates"].items():
        rows.append(
            [
                name,
                str(entry.get("steps", 0)),
                f"{entry['mean']:.3f}",
                ", ".join(f"{score:.3f}" for score in entry["validation_macro_f1"]),
            ]
        )
    return table(("pre-training", "steps", "macro F1", "for each draw of the labels"), rows)


def cinc_2017() -> str:
    """Scores on the test recordings."""
    rows = []
    for entry in results("cinc-2017")["arms"].values():
        gain, over_seeds = "", ""
        if "gain" in entry:
            gain = signed(entry["gain"], entry["gain_interval"])
        if "gain_interval_over_seeds" in entry:
            low, high = (100 * bound for bound in entry["gain_interval_over_seeds"])
            over_seeds = f"{low:+.1f} to {high:+.1f}"
        rows.append(
            [
                f"{100 * entry['share']:.0f} %",
                {"frozen": "logistic regression on frozen features", "trained": "training"}[
                    entry["kind"]
                ],
                entry["name"],
                ", ".join(f"{score:.3f}" for score in entry["macro_f1"]),
                number(entry["mean"], entry["interval"]),
                gain,
                over_seeds,
            ]
        )
    rows.sort(key=lambda row: (row[0] != "10 %", row[1] != "training", row[2] != "scratch"))
    head = (
        "labels",
        "what learns",
        "start",
        "by seed",
        "macro F1",
        "against scratch, points",
        "over seeds",
    )
    return table(head, rows)


def ptbxl() -> str:
    """Scores on PTB-XL 500."""
    rows = [
        [
            name,
            number(entry["macro_auroc"], entry["interval"]),
            *(f"{value:.3f}" for value in entry["auroc"].values()),
        ]
        for name, entry in results("ptbxl-500")["encoders"].items()
    ]
    return table(("encoder", "macro AUROC", "NORM", "MI", "STTC", "CD", "HYP"), rows)


TABLES = {
    "pretraining-choice": choice,
    "pretraining-cinc-2017": cinc_2017,
    "pretraining-ptbxl": ptbxl,
}
