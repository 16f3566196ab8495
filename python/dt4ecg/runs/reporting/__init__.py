"""The report of a run: data card, leaks, scores with intervals, curves, errors and methods."""

from dt4ecg.runs.reporting.build import report
from dt4ecg.runs.reporting.report import RunReport

__all__ = ["RunReport", "report"]
