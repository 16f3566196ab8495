"""What ``--data`` and ``--protocol`` mean, the same for every command."""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from dt4ecg._common.defaults import DEFAULT_DATA
from dt4ecg.datasets.registry import DATASETS

if TYPE_CHECKING:
    from dt4ecg import Preprocessor
    from dt4ecg.datasets import SegmentSet


def add_data_arguments(parser: argparse.ArgumentParser, *more_protocols: str) -> None:
    from dt4ecg.protocols import PROTOCOLS

    loadable = [name for name, info in DATASETS.items() if info.load]
    parser.add_argument(
        "--data",
        metavar="NAME|FOLDER",
        help=f"{', '.join(loadable)}, or a folder with a manifest.csv (default: {DEFAULT_DATA}, "
        "simulated)",
    )
    parser.add_argument(
        "--protocol",
        choices=(*PROTOCOLS, *more_protocols),
        help="what is held out for testing (default: random, the paper's, which leaks)",
    )
    parser.add_argument(
        "--seed", type=whole(0, 2**32 - 1), help="of split, weights and order (default: 0)"
    )


def source(name: str) -> str:
    """``--data`` as a run remembers it: one folder has one name, wherever one stands."""
    if name in DATASETS or not Path(name).exists():
        return name
    path = Path(name).resolve()
    return str(path.parent if path.name == "manifest.csv" else path)


def model_file(path: Path) -> Path:
    """The model that ``--model`` names: a file, or the one in a run folder.

    An interrupted run has none yet, but its checkpoint is a model too.
    """
    if not path.is_dir():
        return path
    model, checkpoint = path / "model.safetensors", path / "checkpoint.safetensors"
    return checkpoint if checkpoint.exists() and not model.exists() else model


def announce_mains(preprocessor: Preprocessor | None) -> None:
    notch = getattr(preprocessor, "notch", None)
    print(f"mains: {'no notch' if notch is None else f'notch at {notch:g} Hz'}", file=sys.stderr)


def announce(data: SegmentSet) -> None:
    print(data, file=sys.stderr)
    announce_mains(data.preprocessor)
    if data.simulated:
        print("These signals are simulated; nothing here was measured on people.", file=sys.stderr)


def whole(least: int, most: int = 2**31 - 1):
    """argparse type: an integer from ``least`` to ``most``."""

    def parse(text: str) -> int:
        value = int(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"must be from {least} to {most}, got {value}")
        return value

    parse.__name__ = "integer"
    return parse


def frequency(text: str) -> float | None:
    """argparse type: Hz, or none for a filter that is left out."""
    if text == "none":
        return None
    value = float(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"must be none, or a finite number above 0, got {text}")
    return value
