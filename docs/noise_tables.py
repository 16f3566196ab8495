"""Markdown tables of benchmarks/results/noise.json."""

import json
from pathlib import Path
from typing import Any

from result_tables import table

RESULTS = Path(__file__).parents[1] / "benchmarks" / "results" / "noise.json"
KINDS = {"static_noise": "static", "burst_noise": "burst", "baseline_drift": "baseline drift"}


def trials() -> dict[str, Any]:
    """Return the cells of all trials by name."""
    found: dict[str, Any] = json.loads(RESULTS.read_bytes())["trials"]
    return found


def number(cell: dict[str, Any]) -> str:
    """ "0.71 (0.60-0.83)" for one statistic."""
    low, high = cell["interval"]
    return f"{cell['value']:.3f} ({low:.3f}-{high:.3f})"


def ptb_xl() -> str:
    """Separation of clean and noisy leads of PTB-XL."""
    found = trials()["PTB-XL"]
    rows = []
    for kind, name in KINDS.items():
        for label, key in (
            ("diffusion, 3 calls", f"{kind}, 3 calls"),
            ("diffusion, 4 calls", f"{kind}, 4 calls"),
            ("diffusion, worst eighth", f"{kind}, worst eighth"),
            ("amplitude", f"{kind}, amplitude"),
        ):
            cells = found[key]
            rows.append(
                [
                    name,
                    label,
                    *(number(cells[reading]) for reading in ("pooled", "balanced", "auc")),
                ]
            )
    for calls in (3, 4):
        means = [f"{found[f'macro {r}, {calls} calls']:.3f}" for r in ("pooled", "balanced")]
        rows.append(["mean of the three", f"diffusion, {calls} calls", *means, ""])
    return table(("noise", "score", "W1, pooled", "W1, balanced", "AUROC"), rows)


def others() -> str:
    """AUROC on the sets that had no part in training."""
    found = trials()
    rows = []
    if "CinC 2011" in found:
        first = found["CinC 2011"]
        for what in ("by record", "by lead"):
            cells = (first[f"{score}, {what}"] for score in ("diffusion", "amplitude"))
            rows.append([f"CinC 2011, {what}", *map(number, cells)])
    if "CinC 2017" in found:
        second = found["CinC 2017"]
        cells = (second[score] for score in ("diffusion", "amplitude"))
        rows.append(["CinC 2017, class `~`", *map(number, cells)])
    return table(("set", "diffusion", "amplitude"), rows)


TABLES = {"noise-ptb-xl": ptb_xl, "noise-others": others}
