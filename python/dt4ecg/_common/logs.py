"""Collect what a library logs, where it reports damage of a file without raising an error."""

import contextlib
import logging
from collections.abc import Iterator


@contextlib.contextmanager
def collected(logger_name: str) -> Iterator[dict[str, int]]:
    """Collect the messages of a logger with their levels, instead of printing them.

    Examples
    --------
    >>> with collected("library") as messages:
    ...     logging.getLogger("library").error("a part is missing")
    >>> messages
    {'a part is missing': 40}
    """
    found: dict[str, int] = {}

    def collect(record: logging.LogRecord) -> bool:
        found[record.getMessage()] = record.levelno
        return False

    logger = logging.getLogger(logger_name)
    level = logger.level
    logger.addFilter(collect)
    try:
        yield found
    finally:
        logger.removeFilter(collect)
        logger.setLevel(level)
