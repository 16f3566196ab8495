"""The folder of a run: what a killed one leaves behind."""

from __future__ import annotations

from pathlib import Path

from dt4ecg.runs.config import CONFIG, read_config
from dt4ecg.storage.lock import LOCK

CHECKPOINT = "checkpoint.safetensors"


def clear(folder: Path) -> bool:
    """Take away what a run killed before its first epoch ended left; False if there is more."""
    left = {file for file in folder.iterdir() if file.name != LOCK}
    halves = {file for name in (CONFIG, CHECKPOINT) for file in folder.glob(f".{name}.*.partial")}
    config = folder / CONFIG
    if left - halves not in (set(), {config}):
        return False
    if config in left:
        try:
            read_config(folder)
        except (OSError, ValueError):
            return False
    for file in left:
        file.unlink()
    return True
