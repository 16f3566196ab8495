"""The benchmarks run, and find the answers of their peers; times are not looked at."""

import json
import os
import subprocess
import sys
from pathlib import Path

import dt4ecg

ROOT = Path(__file__).parents[2]


def test_benchmarks_write_rows_with_ratios(tmp_path):
    path = tmp_path / "rows.json"
    names = ["train_step", "inference"]
    package = Path(next(iter(dt4ecg.__path__))).parent
    subprocess.run(
        [sys.executable, "-m", "benchmarks", *names, "--quick", "--threads=1", f"--json={path}"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(package)},
        check=True,
        timeout=300,
    )
    rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
    assert {row["benchmark"] for row in rows} == set(names)
    assert {"eager, three backwards", "eager, last layer", "PyTorch eager"} <= {
        row["peer"] for row in rows
    }
    assert all(row["ratio"] > 0 for row in rows)
