"""Scores of predictions for each task, with confidence intervals.

:func:`report` gives accuracy, precision, recall, F1 and the confusion matrix of each task.
:func:`scorers` gives scikit-learn's model selection one score per task.
"""

from dt4ecg.metrics.scorers import TaskScorer, scorers
from dt4ecg.metrics.scores import Report, TaskReport, report
from dt4ecg.metrics.statistics import wilson_interval

__all__ = ["Report", "TaskReport", "TaskScorer", "report", "scorers", "wilson_interval"]


def __dir__() -> list[str]:
    return sorted(__all__)
