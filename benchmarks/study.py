"""Studies of accuracy: trials whose results a JSON file keeps, so that a killed study continues."""

import argparse
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from dt4ecg import protocols
from dt4ecg.datasets import SegmentSet
from dt4ecg.storage.container import write_bytes

# Each trial has a name and a function that computes its result.
Trials = Iterable[tuple[str, Callable[[], Any]]]


def out_of(doc: str) -> Path:
    """Return the file that the option ``--out`` names."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    parser.add_argument(
        "--out", type=Path, required=True, help="the JSON file; an existing one is continued"
    )
    return parser.parse_args().out


def run(out: Path, about: Mapping[str, Any], trials: Trials) -> dict[str, Any]:
    """Return the results of all trials by name; compute those that the file does not have."""
    made = json.loads(out.read_text()) if out.exists() else {"study": about, "trials": {}}
    if made["study"] != about:
        raise SystemExit(f"{out} has other segments or settings; choose another --out")
    for name, compute in trials:
        if name not in made["trials"]:
            made["trials"][name] = compute()
            write_bytes(out, json.dumps(made, indent=1).encode())
    return made["trials"]


def distinct(data: SegmentSet, protocol: str, seeds: Iterable[int]) -> int:
    """Return the number of segments that are tested with at least one of the seeds."""
    tested = [protocols.split(data, protocol, seed=seed).test for seed in seeds]
    return len(np.unique(np.concatenate(tested)))
