"""Spliced ECG: how to make it."""

from dt4ecg.biometrics.tamper.splice import SPLICES, Spliced, SpliceOptions, splice

__all__ = ["SPLICES", "SpliceOptions", "Spliced", "splice"]


def __dir__() -> list[str]:
    return sorted(__all__)
