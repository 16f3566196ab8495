"""Recordings, and the files that contain them."""

from dt4ecg.io.read import read, read_contents
from dt4ecg.io.recording import Interval, Recording

__all__ = ["Interval", "Recording", "read", "read_contents"]


def __dir__() -> list[str]:
    return sorted(__all__)
