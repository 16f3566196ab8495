"""The container of a model file: named tensors and a JSON header, written atomically.

The file is a safetensors file. Its metadata has one entry, whose value is the header. The last
entry of the header is a checksum. A container holds no pickled objects, so reading one cannot run
code.
"""

import contextlib
import errno
import hashlib
import json
import os
import stat
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from dt4ecg._common.files import require_regular_file

__all__ = ["FORMAT_VERSION", "checksum", "read", "write"]

FORMAT_VERSION = 1
_HEADER = "dt4ecg"  # the name of the header in the metadata
CHECKSUM = "sha256"  # the last entry of the header; files of older versions have none
_LAST_ENTRY = ', "sha256": "{}"}}'
_MODEL_OF_A_RUN = "model.safetensors"
TEMPORARY = r"\..{1,32}\.\d{1,10}\.\d{1,20}\.partial"
"""Pattern of the names of temporary files, which end with the process and the thread."""


def write(
    path: str | os.PathLike[str], tensors: Mapping[str, torch.Tensor], header: Mapping[str, Any]
) -> None:
    """Write tensors and a header to one file, atomically.

    Parameters
    ----------
    path : path
        An existing file is replaced.
    tensors : dict of str to torch.Tensor
        Tensors on any device. Each is stored separately, also where two share memory.
    header : dict
        Values that JSON can hold. The format version and the checksum are added.

    Raises
    ------
    OSError
        If the file cannot be written.
    TypeError, ValueError
        If JSON cannot hold the header.

    See Also
    --------
    write_bytes : The atomic replacement of a file.

    Examples
    --------
    >>> import tempfile, torch
    >>> path = tempfile.mkdtemp() + "/example.safetensors"
    >>> write(path, {"weight": torch.ones(2)}, {"place": "ward 3"})
    >>> tensors, header = read(path)
    >>> tensors["weight"], header["place"]
    (tensor([1., 1.]), 'ward 3')
    """
    from safetensors.torch import save

    text = json.dumps({"format_version": FORMAT_VERSION, **header})
    # Cloned, because safetensors refuses tensors that share memory, such as tied weights.
    stored = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
    signed = text.removesuffix("}") + _LAST_ENTRY.format(checksum(stored, text))
    # One entry only, because safetensors writes several in random order.
    write_bytes(path, save(stored, metadata={_HEADER: signed}))


def checksum(tensors: Mapping[str, torch.Tensor], header: str) -> str:
    """Return the SHA-256 of a header and of contiguous tensors on the CPU.

    It covers the header, and for each tensor, in the order of their names: name, type and shape as
    a line of text, then the values as the file stores them.

    Examples
    --------
    >>> import torch
    >>> checksum({"weight": torch.ones(2)}, "{}")[:8]
    '3a9220cf'
    """
    digest = hashlib.sha256(header.encode("utf-8", "surrogatepass"))
    for name, tensor in sorted(tensors.items()):
        kind = str(tensor.dtype).removeprefix("torch.")
        line = f"\n{name} {kind} {list(tensor.shape)}\n"
        digest.update(line.encode("utf-8", "surrogatepass"))
        if tensor.numel():  # torch cannot view every empty tensor as bytes
            digest.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


def write_bytes(path: str | os.PathLike[str], content: bytes) -> None:
    """Replace the content of a file atomically.

    A reader sees the old content or the new one, also after a crash: the content goes to a
    temporary file in the same folder, which is flushed to the disk and renamed. A symbolic link
    stays, and the file it points to is replaced. An existing file keeps its permissions.

    Raises
    ------
    OSError
        If the file cannot be written, or `path` exists and is not a regular file.
    """
    path = Path(os.path.realpath(path))
    mode = _permissions(path)
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
        with contextlib.suppress(OSError):  # the first error is the one to report
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno is not None:
            error.filename = str(path)  # the error of a full disk names no file
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def require_writable(path: str | os.PathLike[str]) -> None:
    """Raise the OSError that a later `write` to this path would raise, if any.

    Raises
    ------
    OSError
        If the folder does not exist or cannot be written, or `path` exists and is not a regular
        file.
    """
    path = Path(os.path.realpath(path))
    _permissions(path)
    temporary = _temporary(path)
    try:
        temporary.touch()
    except OSError as error:
        error.filename = str(path)
        raise
    temporary.unlink()


def _temporary(path: Path) -> Path:
    writer = f"{os.getpid()}.{threading.get_ident()}"  # several threads may save to one path
    # A prefix of the name, since the name itself may have the greatest legal length.
    return path.with_name(f".{path.name[:32]}.{writer}.partial")


def _permissions(path: Path) -> int | None:
    """Return the permissions of an existing regular file; None if there is no file yet."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        if not path.parent.is_dir():
            raise FileNotFoundError(
                errno.ENOENT, "there is no such folder; create it first", str(path.parent)
            ) from None
        return None
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "not a regular file; refusing to overwrite it", str(path))
    return stat.S_IMODE(mode)


def read(path: str | os.PathLike[str]) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """Read the tensors and the header of a file.

    Parameters
    ----------
    path : path
        A file that :func:`write` wrote.

    Returns
    -------
    tensors : dict of str to torch.Tensor
    header : dict
        The header, with its ``format_version`` and without its checksum.

    Raises
    ------
    OSError
        If the file does not exist or cannot be read.
    ValueError
        If the file is truncated or damaged, of another program, or of a newer format version.

    See Also
    --------
    write : The writer.

    Examples
    --------
    >>> import tempfile
    >>> path = tempfile.mkdtemp() + "/example.safetensors"
    >>> write(path, {}, {"place": "ward 3"})
    >>> read(path)[1]["place"]
    'ward 3'
    """
    path = Path(path)
    if (path / _MODEL_OF_A_RUN).is_file():
        raise FileNotFoundError(
            f"load: {str(path)!r} is the folder of a run; its model is "
            f"{str(path / _MODEL_OF_A_RUN)!r}"
        )
    try:
        require_regular_file(path)
    except (FileNotFoundError, IsADirectoryError):
        raise FileNotFoundError(f"load: there is no model file {str(path)!r}") from None
    tensors, metadata = _read_safetensors(path)
    if _HEADER not in metadata:
        raise ValueError(f"load: {str(path)!r} is a safetensors file, but not a model of dt4ecg")
    try:
        header = json.loads(metadata[_HEADER])
    except (ValueError, RecursionError) as error:
        raise _damaged(path, error) from None
    version = header.get("format_version") if isinstance(header, dict) else None
    if type(version) is not int or not 1 <= version <= FORMAT_VERSION:
        raise ValueError(
            f"load: {str(path)!r} has format version {version!r}, this dt4ecg reads 1 to "
            f"{FORMAT_VERSION}; install a newer dt4ecg"
        )
    if CHECKSUM in header:
        stated = _LAST_ENTRY.format(header.pop(CHECKSUM))
        text = metadata[_HEADER].removesuffix(stated) + "}"
        if stated != _LAST_ENTRY.format(checksum(tensors, text)):
            raise _damaged(path, "its checksum does not match")
    return tensors, header


def _read_safetensors(path: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    from safetensors import SafetensorError, safe_open

    # Each of these is an error of the library about a damaged file; nothing of ours runs here.
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, ValueError, RuntimeError, TypeError) as error:
        raise _damaged(path, error) from None
    return tensors, metadata


def _damaged(path: Path, error: object) -> ValueError:
    return ValueError(
        f"load: {str(path)!r} is truncated or damaged, or not a dt4ecg model file ({error}); save "
        "the model again, or use an older copy"
    )


def __dir__() -> list[str]:
    return sorted(__all__)
