"""The folder of a run: one process at a time, and what a killed one leaves behind."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from dt4ecg.cli._run_config import CONFIG, read_config

CHECKPOINT = "checkpoint.safetensors"
_LOCK = ".dt4ecg-lock"


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep other runs out of a folder; one that holds nothing afterwards goes.

    The system lets go of the lock when the process ends in whatever way, so that a killed run
    locks nobody out.

    Raises
    ------
    ValueError
        Another run is at work in it.
    """
    path = folder / _LOCK
    while True:
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is(lock, path):
                break
        except BlockingIOError:
            os.close(lock)
            raise ValueError(
                f"train: another run is at work in {folder}; wait until it ends, or choose "
                "another folder with --out"
            ) from None
        except OSError:
            break  # a file system without locks keeps nobody out
        os.close(lock)  # its holder has just left and taken the file along
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(lock)
        with contextlib.suppress(OSError):
            folder.rmdir()


def _is(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False


def clear(folder: Path) -> bool:
    """Take away what a run killed before its first epoch ended left; False if there is more."""
    left = {file for file in folder.iterdir() if file.name != _LOCK}
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
