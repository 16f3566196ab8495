"""A lock that admits one process at a time to a folder."""

from __future__ import annotations

import contextlib
import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from dt4ecg.storage.container import TEMPORARY, require_writable

LOCK = ".dt4ecg-lock"
_ATTEMPTS = 100
_WITHOUT_LOCKS = {errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP}


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep other runs out of a folder, and remove the folder if it is empty afterwards.

    Temporary files of killed runs in the folder are removed first. The system releases the lock
    when the process ends, also when it is killed. On a file system without locks, other runs are
    not kept out.

    Parameters
    ----------
    folder
        The folder; it is made if it is missing.

    Raises
    ------
    ValueError
        Another run is at work in the folder.
    """
    # The lock file is removed on leaving. A process that opened it just before tries once more.
    lock = FileLock(folder / LOCK, timeout=0.1)
    try:
        _acquire(lock)
        remove_partial_files(folder)
    except Timeout:
        raise ValueError(
            f"another run is at work in {folder}; wait until it ends, or choose "
            "another folder with --out"
        ) from None
    except OSError as error:
        if error.errno not in _WITHOUT_LOCKS:
            raise
    try:
        yield
    finally:
        # While the lock is still held, so that the file of the next holder is never removed.
        Path(lock.lock_file).unlink(missing_ok=True)
        lock.release()
        with contextlib.suppress(OSError):
            folder.rmdir()


@contextlib.contextmanager
def changing(path: str | os.PathLike[str], seconds: float = 60) -> Iterator[None]:
    """Keep other programs that use this function from changing a file meanwhile.

    A program that reads a file, changes its content and writes it would lose what another one wrote
    in between. On a file system without locks, others are not kept out.

    Parameters
    ----------
    path
        The file, which need not exist.
    seconds
        How long to wait for another program.

    Raises
    ------
    OSError
        If the file cannot be written.
    ValueError
        If another program is still changing the file after this time.

    Examples
    --------
    >>> import tempfile
    >>> with changing(tempfile.mkdtemp() + "/gallery.safetensors"):
    ...     pass
    """
    require_writable(path)  # before the lock, which would make a missing folder
    target = Path(os.path.realpath(path))
    lock = FileLock(target.with_name(f".{target.name[:32]}{LOCK}"), timeout=seconds)
    try:
        _acquire(lock)
    except Timeout:
        raise ValueError(
            f"another program is changing {str(path)!r} since more than {seconds:g} s; try again "
            "when it has ended"
        ) from None
    except OSError as error:
        if error.errno not in _WITHOUT_LOCKS:
            raise
    try:
        yield
    finally:
        Path(lock.lock_file).unlink(missing_ok=True)  # while it is held, as in `held`
        lock.release()


def remove_partial_files(folder: Path) -> None:
    """Remove the temporary files that killed writers left in a folder.

    The caller holds the lock of the folder, so no other run is writing there.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> (folder / ".model.safetensors.7.8.partial").touch()
    >>> remove_partial_files(folder)
    >>> list(folder.iterdir())
    []
    """
    for file in list(folder.iterdir()):
        if re.fullmatch(TEMPORARY, file.name):
            with contextlib.suppress(OSError):
                file.unlink()


def _acquire(lock: FileLock) -> None:
    """Acquire a lock whose empty folder another process may remove just before."""
    for attempt in range(_ATTEMPTS):
        try:
            lock.acquire(poll_interval=0.02)
            return
        except (FileNotFoundError, FileExistsError):  # removed before or after makedirs saw it
            if attempt == _ATTEMPTS - 1:
                raise
