"""One process at a time in a folder."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

LOCK = ".dt4ecg-lock"


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
    path = folder / LOCK
    while True:
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is(lock, path):
                break
        except BlockingIOError:
            os.close(lock)
            raise ValueError(
                f"another run is at work in {folder}; wait until it ends, or choose "
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
