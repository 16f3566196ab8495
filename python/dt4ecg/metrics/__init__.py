"""Scores of each task with their confidence intervals."""

from dt4ecg.metrics.scores import Report, TaskReport, report
from dt4ecg.metrics.statistics import wilson_interval

__all__ = ["Report", "TaskReport", "report", "wilson_interval"]
