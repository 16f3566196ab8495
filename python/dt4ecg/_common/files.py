"""Check that a path names a file that can be read to its end."""

import errno
import os
import stat


def require_regular_file(path: str | os.PathLike[str]) -> None:
    """Raise OSError unless a path names a regular file. Symbolic links are followed.

    Opening a FIFO waits for a writer, perhaps for ever, and a device may have no end.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    IsADirectoryError
        If it is a directory.
    OSError
        If it is a pipe, a socket or a device, or cannot be looked up.

    Examples
    --------
    >>> import tempfile
    >>> require_regular_file(tempfile.gettempdir())
    Traceback (most recent call last):
    ...
    IsADirectoryError: [Errno 21] Is a directory: ...
    """
    try:
        mode = os.stat(path).st_mode
    except ValueError as error:  # a null character in the path
        raise FileNotFoundError(errno.ENOENT, str(error), os.fspath(path)) from None
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
    if not stat.S_ISREG(mode):
        raise OSError(
            errno.EINVAL,
            "not a regular file but a pipe, a socket or a device; copy its content to a file",
            os.fspath(path),
        )
