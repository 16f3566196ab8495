"""The numbers of the page on confounders are those of the result file."""

import json
import re

from support.pages import DOCS, ROOT


def test_counts_of_the_table():
    trials = json.loads((ROOT / "benchmarks/results/confounders.json").read_bytes())["trials"]
    page = (DOCS / "confounders.md").read_text(encoding="utf-8")
    rows = {
        "network": ("none", "network"),
        "`reversal`": ("reversal", "network"),
        "regression, erased": ("none", "regression, erased"),
    }
    for label, (arm, part) in rows.items():
        found = [
            trial[part]
            for name, trial in trials.items()
            if name.startswith("subject") and name.endswith(f"| {arm}")
        ]
        assert len(found) == 5
        line = next(line for line in page.splitlines() if line.startswith(f"| {label} |"))
        for what, (k, n) in zip(
            ("main", "subject"), re.findall(r"\((\d+)/(\d+), ", line), strict=True
        ):
            cells = [c for of in found for c in of[what].values() if isinstance(c, list)]
            assert (sum(c[0] for c in cells), sum(c[1] for c in cells)) == (int(k), int(n))
