"""Recordings and the files that hold them."""

from dt4ecg.io.recording import Recording

__all__ = ["Recording"]
