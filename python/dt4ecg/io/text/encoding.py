"""Open a text file in whatever encoding it has, packed or not, with a bound on its size."""

from __future__ import annotations

import codecs
import gzip
import io
from pathlib import Path

from dt4ecg._common.limits import MAX_BYTES

_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_SNIFFED_BYTES = 4096


def open_text(path: Path) -> io.TextIOWrapper:
    r"""Open a text file for reading; line ends become ``"\n"``.

    A byte order mark or the zero bytes of UTF-16 name the encoding. All other files are UTF-8, in
    which each invalid byte is a character of Windows-1252, the usual encoding of older programs.
    The unpacked size of a ``.gz`` file is bounded by ``MAX_BYTES``.

    Raises
    ------
    OSError
        If the file cannot be opened.
    ValueError
        If the file holds binary data, or is a damaged ``.gz`` file.
    """
    file = open(path, "rb")  # noqa: SIM115 (the caller closes it with the text file)
    try:
        if path.suffix.lower() == ".gz":
            file = io.BufferedReader(_Unpacked(file))
        head = file.peek(_SNIFFED_BYTES)[:_SNIFFED_BYTES]
        return io.TextIOWrapper(file, encoding=_encoding(head), errors="dt4ecg.windows-1252")
    except BaseException:
        file.close()
        raise


class _Unpacked(io.RawIOBase):
    """The content of a ``.gz`` file, which may be much larger than the file."""

    def __init__(self, packed: io.BufferedIOBase) -> None:
        self._packed = packed
        self._file = gzip.GzipFile(fileobj=packed)
        self._n_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        try:
            n_bytes = self._file.readinto(buffer)  # type: ignore[arg-type]
        except (OSError, EOFError, ValueError, gzip.zlib.error) as error:  # type: ignore[attr-defined]
            raise ValueError(f"not a sound .gz file ({error}); pack it again") from error
        self._n_bytes += n_bytes
        if self._n_bytes > MAX_BYTES:
            raise ValueError(f"more than {MAX_BYTES} bytes unpacked; split the recording")
        return n_bytes

    def close(self) -> None:
        self._packed.close()
        super().close()


def _encoding(head: bytes) -> str:
    for mark, name in _BYTE_ORDER_MARKS.items():
        if head.startswith(mark):
            return name
    if b"\0" not in head:
        return "utf-8"
    # Numbers in UTF-16 have a zero byte in every pair.
    for zeros, name in ((head[1::2], "utf-16-le"), (head[::2], "utf-16-be")):
        if zeros.count(0) > 0.9 * len(zeros):
            return name
    raise ValueError("holds binary data, not text; the suffix of the name must fit the format")


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError) or not error.encoding.startswith("utf-8"):
        raise ValueError(f"not text: {error}; save the file as UTF-8") from error
    bad = error.object[error.start : error.end]
    try:
        return bad.decode("cp1252"), error.end
    except UnicodeDecodeError:  # five bytes have no character there
        return bad.decode("latin-1"), error.end


codecs.register_error("dt4ecg.windows-1252", _as_windows_1252)
