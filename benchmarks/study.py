"""A study: trials in a JSON file, which grows as they finish and is continued when it is there."""

import argparse
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from dt4ecg import protocols
from dt4ecg.datasets import SegmentSet
from dt4ecg.storage.container import write_bytes

Trials = Iterable[tuple[str, Callable[[], Any]]]  # a name, and what computes it


def out_of(doc: str) -> Path:
    """The file that the command line names."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="continued if it is there")
    return parser.parse_args().out


def run(out: Path, about: Mapping[str, Any], trials: Trials) -> dict[str, Any]:
    """Results of all trials by name; ``about`` is what a file must be of to be continued."""
    made = json.loads(out.read_text()) if out.exists() else {"study": about, "trials": {}}
    if made["study"] != about:
        raise SystemExit(f"{out} is of other segments or settings; give another --out")
    for name, compute in trials:
        if name not in made["trials"]:
            made["trials"][name] = compute()
            write_bytes(out, json.dumps(made, indent=1).encode())
    return made["trials"]


def distinct(data: SegmentSet, protocol: str, seeds: Iterable[int]) -> int:
    """Test segments of all seeds, each counted once."""
    tested = [protocols.split(data, protocol, seed=seed).test for seed in seeds]
    return len(np.unique(np.concatenate(tested)))
