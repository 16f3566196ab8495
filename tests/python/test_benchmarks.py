"""The benchmarks run, and find the answers of their peers; times are not looked at."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import dt4ecg

sys.path.append(str(Path(__file__).parents[2]))
from benchmarks import train_step

ROOT = Path(__file__).parents[2]


def test_benchmarks_write_rows_with_ratios(tmp_path):
    path = tmp_path / "rows.json"
    names = ["train_step", "preprocessing", "inference", "import_time", "scaling"]
    package = Path(next(iter(dt4ecg.__path__))).parent
    subprocess.run(
        [sys.executable, "-m", "benchmarks", *names, "--quick", "--threads=1", f"--json={path}"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(package)},
        check=True,
        timeout=600,
    )
    rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
    assert {row["benchmark"] for row in rows} == set(names)
    assert {"eager, three backwards", "eager, last layer", "PyTorch eager", "SciPy"} <= {
        row["peer"] for row in rows
    }
    assert all(row["ratio"] > 0 for row in rows)


@pytest.mark.parametrize(
    ("options", "peer"),
    [(options, peer) for options, peers in train_step.BF16.values() for peer in peers.values()],
)
def test_bf16_agrees_with_its_peers_on_any_processor(options, peer):
    network = dt4ecg.nn.Network("resnet", tasks=train_step.TASKS, seed=0)
    train_step.difference(network, options, peer, train_step.segments(train_step.BATCH))
