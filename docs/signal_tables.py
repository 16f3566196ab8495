"""Markdown tables of the result files of beats and of quality indices."""

import json
from pathlib import Path
from typing import Any

from result_tables import table

RESULTS = Path(__file__).parents[1] / "benchmarks" / "results"


def rows_of(name: str) -> list[dict[str, Any]]:
    """Return the rows of one result file."""
    found: list[dict[str, Any]] = json.loads((RESULTS / f"{name}.json").read_bytes())["rows"]
    return found


def share(found: dict[str, Any]) -> str:
    """ "99.5 (10843/10890, 99.1-99.8)"; in percent."""
    low, high = found["interval"]
    return f"{found['percent']:.2f} ({found['k']}/{found['n']}, {low:.2f}-{high:.2f})"


def beats() -> str:
    """Sensitivity and precision of R peaks."""
    return table(
        ("recordings", "part", "detector", "sensitivity", "precision"),
        (
            [
                row["set"],
                row["part"],
                row["detector"],
                share(row["sensitivity"]),
                share(row["precision"]),
            ]
            for row in rows_of("beats")
        ),
    )


def quality_indices() -> str:
    """AUROC of each quality index and of the combinations."""
    rows = []
    for row in rows_of("quality-indices"):
        low, high = row["interval"]
        counts = f"{row['bad']}/{row['n']}"
        area = f"{row['auroc']:.3f} ({low:.3f}-{high:.3f})"
        rows.append([row["set"], row["index"], counts, area])
    return table(("recordings", "index", "bad/all", "AUROC"), rows)


TABLES = {"beats": beats, "quality-indices": quality_indices}
