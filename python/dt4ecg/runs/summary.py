"""Results as ``--json`` writes them."""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dt4ecg.storage.container import write_bytes

if TYPE_CHECKING:
    from dt4ecg.datasets import SegmentSet
    from dt4ecg.metrics import Report
    from dt4ecg.protocols import Split


def summary(
    name: str,
    data: SegmentSet,
    split: Split,
    report: Report,
    *,
    epochs: int | None,
    seconds: float,
) -> dict[str, Any]:
    """The keys of ``train`` and ``evaluate``; a task that is not scored is None."""
    scores = report.to_dict()
    return {
        "data": name,
        "simulated": data.simulated,
        "protocol": split.protocol,
        "seed": split.seed,
        "epochs": epochs,
        "n_train": len(split.train),
        "n_test": len(split.test),
        **{task: scores.get(task) if task in split.scored_tasks else None for task in data.tasks},
        "seconds": seconds,
    }


def add_json_argument(parser: argparse.ArgumentParser, default: Any = None) -> None:
    parser.add_argument(
        "--json",
        type=_json_path,
        default=default,
        metavar="PATH",
        help="write the results there too",
    )


def _json_path(text: str) -> Path:
    """Refused before the work starts, not after."""
    path = Path(text)
    written = path if _is_stream(path) else path.parent
    in_folder = written == path or written.is_dir()
    if path.is_dir() or not in_folder or not os.access(written, os.W_OK):
        raise argparse.ArgumentTypeError(f"{text!r} is no file in a folder that can be written")
    return path


def _is_stream(path: Path) -> bool:
    """A pipe, a device or a link (/dev/stdout): written through, never replaced by a file."""
    return path.is_symlink() or (path.exists() and not path.is_file())


def _own_descriptor(path: Path) -> int | None:
    """Of a file that a shell opened for us, as /dev/stdout; opened anew, it would be emptied."""
    for descriptor in range(1, 10):  # those that a shell can name
        with contextlib.suppress(OSError):
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
    return None


def write_json(path: Path, content: Any) -> None:
    """Strict JSON; a file is written whole or not at all."""
    text = json.dumps(_plain(content), indent=2, allow_nan=False) + "\n"
    descriptor = _own_descriptor(path)
    if descriptor is not None:
        sys.stdout.flush()  # what was printed before comes before
        with open(descriptor, "w", encoding="utf-8", closefd=False) as stream:
            stream.write(text)
    elif _is_stream(path):
        path.write_text(text, encoding="utf-8")
    else:
        write_bytes(path, text.encode())


def _plain(value: Any) -> Any:
    """Arrays as lists, NaN as null."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
