"""Arguments that several commands share, and their types."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from pathlib import Path

from dt4ecg._common.defaults import DEFAULT_DATA
from dt4ecg.signal.settings import NAN_POLICIES


def add_data_arguments(parser: argparse.ArgumentParser, *more_protocols: str) -> None:
    """Add ``--data``, ``--protocol`` and ``--seed``."""
    from dt4ecg.datasets.catalogue import DATASETS
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
        help="how the test segments are chosen (default: blocked; random, as in the paper, leaks)",
    )
    parser.add_argument(
        "--seed",
        type=bounded_int(0, 2**32 - 1),
        help="seed of the split, the initial weights and the order of segments (default: 0)",
    )


def add_reading_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of ``dt4ecg.read``."""
    parser.add_argument(
        "--sampling-rate",
        type=float,
        metavar="HZ",
        help="of recordings whose file does not state it",
    )
    parser.add_argument(
        "--lead",
        action="append",
        metavar="NAME|N",
        help="name or position, from 0, of a signal to use; repeat it for several leads",
    )
    parser.add_argument(
        "--nan",
        choices=NAN_POLICIES,
        help="for lost samples: bridge short holes and cut at longer ones, cut at all, or refuse "
        "the recording (default: interpolate, or as the model was trained)",
    )


def data_source(name: str) -> str:
    """Return ``--data`` as a run stores it: a folder becomes an absolute path."""
    from dt4ecg.datasets.catalogue import DATASETS

    if name in DATASETS or not Path(name).exists():
        return name
    path = Path(name).resolve()
    return str(path.parent if path.name == "manifest.csv" else path)


def bounded_int(least: int, most: int = 2**31 - 1) -> Callable[[str], int]:
    """Return an argparse type: an integer from ``least`` to ``most``."""

    def parse(text: str) -> int:
        value = int(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"must be from {least} to {most}, got {value}")
        return value

    parse.__name__ = "integer"
    return parse


def frequency(text: str) -> float | None:
    """Parse a frequency in Hz for argparse; ``none`` leaves a filter out."""
    if text == "none":
        return None
    value = float(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"must be none, or a finite number above 0, got {text}")
    return value


def probability(text: str) -> float:
    """Parse a number from 0 to 1 for argparse."""
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"must be from 0 to 1, got {text}")
    return value
