"""Readers that handle damaged files wrongly, for the tests of the fuzz test."""

import os
import time
from pathlib import Path

INTACT = b"\x02 leads"


def _damaged(path: Path) -> bool:
    return path.read_bytes() != INTACT


def refuses(path: Path) -> int:
    if _damaged(path):
        raise ValueError("damaged")
    return 2


def counts_the_first_byte(path: Path) -> int:
    return path.read_bytes()[:1].hex().count("0")


def hangs(path: Path) -> int:
    if _damaged(path):
        time.sleep(600)
    return 2


def crashes(path: Path) -> int:
    if _damaged(path):
        os._exit(3)
    return 2


def allocates(path: Path) -> int:
    if _damaged(path):
        bytearray(3 * 2**30)
    return 2


def has_a_bug(path: Path) -> int:
    if _damaged(path):
        raise TypeError("an integer is required")
    return 2


def guesses(path: Path) -> int:
    return len(path.read_bytes())
