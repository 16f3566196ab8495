"""The numbers of the verification page are those of the result files."""

import json
import re

import pytest
from support.pages import DOCS, ROOT

PAGE = (DOCS / "verification.md").read_text(encoding="utf-8")


def results(name):
    return json.loads((ROOT / "benchmarks" / "results" / f"verification-{name}.json").read_bytes())


def line(*starts):
    """The cells of the one row that starts with these cells."""
    text = re.escape("| " + " | ".join(starts) + " |")
    (found,) = re.findall(rf"^{text} (.*) \|$", PAGE, re.MULTILINE)
    return found.split(" | ")


@pytest.mark.parametrize(("n", "name"), [("1", "one segment of 3 s"), ("5", "five segments")])
def test_equal_error_rates_of_another_day(n, name):
    found = results("test")["ecg-id"][n]["encoder"]
    pairs, rate, _ = line(name, "`identity-encoder`")
    assert pairs == f"{found['n_same']} / {found['n_different']}"
    low, high = found["equal_error_interval"]
    expected = f"{100 * found['equal_error_rate']:.1f} ({100 * low:.1f}-{100 * high:.1f})"
    assert rate == expected


def test_strangers_have_counts_and_shares():
    found = results("test")["strangers"]["claims"]["1"]["impostors"]
    counts = f"{found['k']}/{found['n']}"
    (share,) = re.findall(rf"^\| one segment of 3 s \| ([0-9.]+) \({counts}, ", PAGE, re.MULTILINE)
    assert float(share) == pytest.approx(100 * found["k"] / found["n"], abs=0.05)


def test_all_candidates_are_shown():
    found = results("choice")["candidates"]
    rates = {name: one["1"]["equal_error_rate"] for name, one in found.items()}
    assert "cnn, supervised contrastive" in rates
    assert all(f"| {name} |" in PAGE for name in rates)
