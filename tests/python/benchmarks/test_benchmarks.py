"""The benchmarks run, and find the answers of their peers; times are not looked at."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from benchmarks import recipe_choice, train_step

import dt4ecg
from dt4ecg import protocols
from dt4ecg.datasets import simulate_cohort
from dt4ecg.datasets.assembly import from_recordings

pytestmark = pytest.mark.slow  # each test starts a benchmark in a process of its own

ROOT = Path(__file__).parents[3]


def benchmarks(*arguments):
    package = Path(next(iter(dt4ecg.__path__))).parent
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(package)},
        capture_output=True,
        text=True,
        timeout=600,
    )


def test_quick_benchmarks_write_rows_with_ratios_and_print_none(tmp_path):
    path = tmp_path / "rows.json"
    names = ["train_step", "preprocessing", "inference", "wavelets"]
    names += ["import_time", "scaling", "busy", "gallery"]
    done = benchmarks(*names, "--quick", "--threads=1", f"--json={path}")
    assert done.returncode == 0, done.stderr
    assert "times mean nothing" in done.stdout
    assert " ms " not in done.stdout
    rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
    assert {row["benchmark"] for row in rows} == set(names)
    peers = {"eager, three backwards", "eager, last layer", "PyTorch eager", "SciPy"}
    assert peers | {"PyWavelets cwt"} <= {row["peer"] for row in rows}
    assert all(row["ratio"] > 0 for row in rows)
    compared = [row for row in rows if row["benchmark"] in ("train_step", "inference")]
    assert len(compared) > 8
    assert all(0 <= row["difference"] < 1e-3 for row in compared if row["difference"] is not None)


def test_the_choice_of_a_recipe_sees_no_segment_that_a_report_tests_on():
    recordings = [
        replace(recording, session=f"{recording.session}{part}")
        for part in range(3)
        for recording in simulate_cohort(subjects=4, seconds=12, seed=part)
    ]
    data = from_recordings(recordings, name="made", simulated=True)
    known = recipe_choice.remaining(data)
    kept = {segment.tobytes() for segment in known.X}
    assert kept
    for protocol in recipe_choice.SCORED:
        split = protocols.split(data, protocol, seed=recipe_choice.HELD_OUT_SEED)
        assert kept.isdisjoint(segment.tobytes() for segment in data.X[split.test])
        assert kept <= {segment.tobytes() for segment in data.X[split.train]}


@pytest.mark.filterwarnings("ignore:fit. this processor has no bfloat16")
@pytest.mark.parametrize(
    ("options", "peer"),
    [(options, peer) for options, peers in train_step.BF16.values() for peer in peers.values()],
)
def test_bf16_agrees_with_its_peers_on_any_processor(options, peer):
    network = dt4ecg.nn.Network("resnet", tasks=train_step.TASKS, seed=0)
    train_step.difference(network, options, peer, train_step.segments(train_step.BATCH))


@pytest.mark.parametrize(
    ("option", "text"),
    [
        ("--threads=0", "must be from 1 to 1024, got 0"),
        ("--threads=-1", "must be from 1 to 1024, got -1"),
        ("--threads=1,100000000000", "must be from 1 to 1024, got 100000000000"),
        ("--threads=abc", "invalid thread_counts value: 'abc'"),
        ("--threads=", "invalid thread_counts value: ''"),
        ("--json=/nonexistent/rows.json", "is not a file in a writable folder"),
    ],
)
def test_wrong_usage_is_reported_before_the_work(option, text):
    done = benchmarks("import_time", "--quick", option)
    assert (done.returncode, done.stdout) == (2, "")
    assert text in done.stderr
