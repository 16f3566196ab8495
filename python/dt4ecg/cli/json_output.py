"""The option ``--json PATH``, which every command has."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from pathlib import Path
from typing import Any

from dt4ecg.runs.results import to_json
from dt4ecg.storage.container import write_bytes


def add_json_argument(parser: argparse.ArgumentParser, default: Any = None) -> None:
    """Add ``--json PATH``."""
    parser.add_argument(
        "--json",
        type=_json_path,
        default=default,
        metavar="PATH",
        help="also write the results to this file",
    )


def write_json(path: Path, content: Any) -> None:
    """Write strict JSON to a file, a pipe or a device.

    A regular file is replaced atomically. A stream that the shell opened, such as
    ``/dev/stdout``, is written through its descriptor, because opening it again would empty it.
    """
    text = to_json(content)
    descriptor = _open_descriptor(path)
    if descriptor is not None:
        sys.stdout.flush()  # keeps the order of the printed table and the JSON
        with open(descriptor, "w", encoding="utf-8", closefd=False) as stream:
            stream.write(text)
    elif _is_stream(path):
        path.write_text(text, encoding="utf-8")
    else:
        write_bytes(path, text.encode())


def _json_path(text: str) -> Path:
    """Check the path before the work starts, so that no result is lost."""
    path = Path(text)
    target = path if _is_stream(path) else path.parent
    in_folder = target == path or target.is_dir()
    if path.is_dir() or not in_folder or not os.access(target, os.W_OK):
        raise argparse.ArgumentTypeError(f"{text!r} is not a file in a writable folder")
    return path


def _is_stream(path: Path) -> bool:
    """Return whether a path is a pipe, a device or a link, which must not be replaced by a file."""
    return path.is_symlink() or (path.exists() and not path.is_file())


def _open_descriptor(path: Path) -> int | None:
    """Return the descriptor under which the shell has opened this file for us, if it has."""
    for descriptor in range(1, 10):  # a shell redirection can name 0 to 9
        with contextlib.suppress(OSError):
            if os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
    return None
