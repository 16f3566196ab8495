"""Segments by name: one of the table of data sets, or a folder of recordings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from dt4ecg._common.defaults import MAINS_FREQUENCY
from dt4ecg.datasets.registry import DATASETS

if TYPE_CHECKING:
    from dt4ecg import Preprocessor
    from dt4ecg.datasets import SegmentSet


def load(
    name: str, preprocessor: Preprocessor | None = None, unknown_mains: float = MAINS_FREQUENCY
) -> SegmentSet:
    """The segments that ``--data`` names; a folder's bad rows are warned of and left out.

    A preprocessor's notch moves to the set's own mains frequency; ``unknown_mains`` (Hz) is that of
    a folder's rows that give none.
    """
    info = DATASETS.get(name)
    if info is not None and info.load is not None:
        own = None if preprocessor is None else preprocessor.at_mains(info.mains_frequency)
        return info.load(preprocessor=own)
    if Path(name).exists():
        from dt4ecg.datasets import load_recordings

        return load_recordings(
            name,
            on_error="skip",
            preprocessor=preprocessor,
            mains_frequency=unknown_mains,
            retune_notch=True,
        )
    known = ", ".join(name for name, info in DATASETS.items() if info.load)
    raise ValueError(f"--data: {name!r} is neither a data set ({known}) nor an existing folder")


def labelled_tasks(data: SegmentSet, rows: np.ndarray) -> tuple[str, ...]:
    """Tasks with at least one label among these segments."""
    return tuple(t for i, t in enumerate(data.tasks) if (data.y[rows, i] >= 0).any())
