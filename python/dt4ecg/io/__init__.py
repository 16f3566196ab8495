"""Recordings, and the files that contain them."""

from dt4ecg.io.recording import Recording

__all__ = ["Recording"]
