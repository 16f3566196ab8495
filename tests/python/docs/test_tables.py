"""The tables of the pages are those of the result files and of the package."""

import importlib
import json
import re

import pytest
from support.pages import DOCS, README, ROOT

import dt4ecg

REPORTS = ROOT / "benchmarks" / "reproduction"


@pytest.fixture
def generate(monkeypatch):
    monkeypatch.syspath_prepend(str(DOCS))
    return importlib.import_module("generate")


def test_no_page_has_an_old_table(generate):
    assert generate.stale_pages() == []


def test_a_changed_number_is_noticed(generate):
    text = (DOCS / "results.md").read_text(encoding="utf-8")
    changed = text.replace("2411/3061", "2412/3061")
    assert changed != text
    assert generate.with_tables(changed) == text


def test_tables_have_the_numbers_of_the_summaries():
    """Three cells read by hand from the summaries."""
    results = (DOCS / "results.md").read_text(encoding="utf-8")
    assert "| 78.8 (2411/3061, 76.9-80.5) | 70.3 (2151/3061, 68.3-72.2) |" in results
    assert "| **+2.7** (+1.0 to +4.7) |" in results
    recipes = (DOCS / "recipes.md").read_text(encoding="utf-8")
    assert "57.1 ± 3.8 (2036/3564, 54.5-59.7)" in recipes


def results_of_reports() -> tuple[set[tuple[str, ...]], set[tuple[float, ...]]]:
    """Accuracies with k, N and interval, and differences with interval, of all summaries."""
    accuracies, differences = set(), set()
    for path in REPORTS.glob("*/summary.json"):
        for table in json.loads(path.read_bytes())["tables"].values():
            for ours in (ours for row in table["rows"] for ours in row["ours"].values() if ours):
                percent = [f"{100 * x:.1f}" for x in (ours["accuracy"], *ours["interval"])]
                accuracies.add((percent[0], str(ours["correct"]), str(ours["n"]), *percent[1:]))
            for pair in table["comparisons"]:
                low, high = pair["interval"]
                for three in ((pair["difference"], low, high), (-pair["difference"], -high, -low)):
                    differences.add(tuple(round(100 * x, 1) for x in three))
    robust = json.loads((ROOT / "benchmarks" / "results" / "robust.json").read_bytes())
    for result in robust["summary"].values():
        for scores in result["recipes"].values():
            for k, n, *interval in (scores["alone"], scores["context"]):
                percent = [f"{x:.1f}" for x in (100 * k / n, *interval)]
                accuracies.add((percent[0], str(k), str(n), *percent[1:]))
    return accuracies, differences


@pytest.mark.parametrize(
    ("page", "least_accuracies", "least_differences"),
    [(README, 8, 0), (DOCS / "results.md", 60, 40)],
)
def test_results_of_a_page_are_those_of_the_reports(page, least_accuracies, least_differences):
    """Accuracies as "96.7 (2640/2730, 95.3-97.7)" and differences as "+2.7 (+1.0 to +4.7)"."""
    accuracies, differences = results_of_reports()
    text = " ".join(page.read_text(encoding="utf-8").replace("*", "").split())
    text = text.partition("## Builds")[0]  # the rest is about another build
    number = "([+-]?[0-9]+[.][0-9])"
    found = re.findall(rf"{number} \(([0-9]+)/([0-9]+), {number}-{number}\)", text)
    assert len(found) >= least_accuracies
    assert {(share, k, n, low, high) for share, k, n, low, high in found} <= accuracies
    found = re.findall(rf"{number}[^0-9.|;]{{0,25}} \({number} to {number}\)", text)
    assert len(found) >= least_differences
    assert {tuple(map(float, three)) for three in found} <= differences


def test_sizes_of_the_backbones():
    page = (DOCS / "networks.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \|.*\| ([\d,]+) \| ([\d.]+) M \|$", page, re.MULTILINE)
    assert [name for name, _, _ in rows] == [*dt4ecg._core.nn.backbones(), "multiresolution"]
    for name, parameters, millions in rows:
        network = dt4ecg.nn.Network(name, "none")
        assert sum(p.numel() for p in network.parameters()) == int(parameters.replace(",", ""))
        assert network.multiply_adds / 1e6 == pytest.approx(float(millions), abs=0.0501)


def test_every_weighting_is_listed():
    page = (DOCS / "weightings.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \|.*\| (yes|no) \|$", page, re.MULTILINE)
    assert {name: word == "yes" for name, word in rows} == {
        name: dt4ecg.weighting.get(name).build().needs_gram for name in dt4ecg.weighting.names()
    }
