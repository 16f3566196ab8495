"""The README's Python is run as written, in order, in one namespace."""

import json
import re
from pathlib import Path

import pytest
import torch

import dt4ecg

README = Path(__file__).parents[2] / "README.md"
REPORTS = README.parent / "benchmarks" / "reproduction"


def python_blocks() -> list[str]:
    return re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("one_thread")
def test_every_example_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    blocks = python_blocks()
    assert len(blocks) >= 3
    namespace: dict = {}
    for block in blocks:
        exec(compile(block, str(README), "exec"), namespace)
    assert "95 % CI" in capsys.readouterr().out
    assert len(namespace["labels"]) == len(namespace["starts"])
    assert len(namespace["segments"]) == 4


def test_sizes_of_the_backbones():
    rows = re.findall(
        r"^\| `(\w+)` \|.*\| ([\d,]+) \| ([\d.]+) M \|$", README.read_text(), re.MULTILINE
    )
    assert [name for name, _, _ in rows] == list(dt4ecg.nn.backbones())
    for name, parameters, millions in rows:
        network = dt4ecg.nn.Network(name, "none")
        assert sum(p.numel() for p in network.parameters()) == int(parameters.replace(",", ""))
        assert network.multiply_adds / 1e6 == pytest.approx(float(millions), abs=0.0501)


def test_the_files_it_points_to_exist():
    links = re.findall(r"\]\(([^)#:]+)\)", README.read_text(encoding="utf-8"))
    assert links
    for link in links:
        assert (README.parent / link).exists(), link


def test_its_results_are_those_of_the_reports():
    """Accuracies as "96.7 (2640/2730, 95.3-97.7)" and differences as "+2.7 (+1.0 to +4.7)"."""
    accuracies, differences = set(), set()
    for path in REPORTS.glob("*/summary.json"):
        for table in json.loads(path.read_bytes())["tables"].values():
            for ours in (ours for row in table["rows"] for ours in row["ours"].values() if ours):
                percent = (f"{100 * x:.1f}" for x in (ours["accuracy"], *ours["interval"]))
                accuracies.add((str(ours["correct"]), str(ours["n"]), *percent))
            for pair in table["comparisons"]:
                low, high = pair["interval"]
                for three in ((pair["difference"], low, high), (-pair["difference"], -high, -low)):
                    differences.add(tuple(round(100 * x, 1) for x in three))
    text = " ".join(README.read_text(encoding="utf-8").split()).replace("*", "")
    text = text[text.index("DT4ECG, 50 epochs, without") : text.index("with several builds")]
    number = r"([+-]?[0-9]+[.][0-9])"
    found = re.findall(rf"{number} \(([0-9]+)/([0-9]+), {number}-{number}[;)]", text)
    assert len(found) > 30
    assert {(k, n, share, low, high) for share, k, n, low, high in found} <= accuracies
    found = re.findall(rf"{number}[^0-9.|;]{{0,25}} \(?{number} to {number}\b", text)
    assert len(found) > 20
    assert {tuple(map(float, three)) for three in found} <= differences
