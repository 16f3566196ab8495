"""Model files: safetensors, with everything that is not a tensor as JSON in its header.

No pickle: a file cannot run code. A file is written whole or not at all.
"""

import contextlib
import errno
import json
import os
import stat
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

FORMAT_VERSION = 1
_KEY = "dt4ecg"


def write(
    path: str | os.PathLike, tensors: Mapping[str, torch.Tensor], header: Mapping[str, Any]
) -> None:
    """Write a model file atomically.

    A reader sees the old file or the new one, also after a crash or a kill at any moment:
    temporary file in the same folder, fsync, rename, fsync of the folder.
    """
    from safetensors.torch import save

    text = json.dumps({"format_version": FORMAT_VERSION, **header})
    content = save(
        # Cloned: safetensors refuses tensors that share memory, as tied weights do.
        {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()},
        metadata={_KEY: text},
    )
    write_bytes(path, content)


def write_bytes(path: str | os.PathLike, content: bytes) -> None:
    """Replace a file's content in one move that a crash cannot halve.

    Of a link, the file that it leads to. An existing file keeps its permissions.
    """
    path = Path(os.path.realpath(path))
    mode = _mode_to_keep(path)
    temporary = _temporary(path)
    try:
        with open(temporary, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException as error:
        with contextlib.suppress(OSError):  # a folder that became read-only says so once
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno is not None:
            error.filename = str(path)  # a full disk does not say where
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def require_writable(path: str | os.PathLike) -> None:
    """Raise at once the OSError that a later :func:`write` would: no folder, say, or no right."""
    path = Path(os.path.realpath(path))
    _mode_to_keep(path)
    temporary = _temporary(path)
    try:
        temporary.touch()
    except OSError as error:
        error.filename = str(path)
        raise
    temporary.unlink()


def _temporary(path: Path) -> Path:
    writer = f"{os.getpid()}.{threading.get_ident()}"  # threads may save to one path, too
    # Of a name as long as names may be, a part, so that the temporary one is not too long.
    return path.with_name(f".{path.name[:32]}.{writer}.partial")


def _mode_to_keep(path: Path) -> int | None:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        if not path.parent.is_dir():
            raise FileNotFoundError(
                errno.ENOENT, "there is no such folder; create it first", str(path.parent)
            ) from None
        return None
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "is no regular file, and is not replaced by one", str(path))
    return stat.S_IMODE(mode)


def read(path: str | os.PathLike) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """Tensors and header of a model file.

    Raises
    ------
    FileNotFoundError, OSError
        If the file cannot be read.
    ValueError
        If it is not a whole dt4ecg model file, or was written by a newer version.
    """
    from safetensors import SafetensorError, safe_open

    path = Path(path)
    if (path / "model.safetensors").is_file():
        raise FileNotFoundError(
            f"load: {str(path)!r} is the folder of a run; its model is "
            f"{str(path / 'model.safetensors')!r}"
        )
    if not path.is_file():
        raise FileNotFoundError(f"load: there is no model file {str(path)!r}")
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            header = json.loads(metadata[_KEY])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except KeyError:
        raise ValueError(
            f"load: {str(path)!r} is a safetensors file, but not a model of dt4ecg"
        ) from None
    except (SafetensorError, ValueError, RecursionError, RuntimeError, TypeError) as error:
        raise ValueError(
            f"load: {str(path)!r} is not a whole dt4ecg model file ({error}); "
            "save it again, or take an older copy"
        ) from None
    version = header.get("format_version") if isinstance(header, dict) else None
    if not isinstance(version, int) or not 1 <= version <= FORMAT_VERSION:
        raise ValueError(
            f"load: {str(path)!r} has format version {version!r}, this dt4ecg reads 1 to "
            f"{FORMAT_VERSION}; install a newer dt4ecg"
        )
    return tensors, header
