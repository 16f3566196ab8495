"""Scores of predictions for each task, and error rates of verification and identification.

:func:`report` gives accuracy, precision, recall, F1 and the confusion matrix of each task.
:func:`scorers` gives scikit-learn's model selection one score per task.
:func:`dt4ecg.biometrics.curves` and :func:`identification_rate` judge the similarities of pairs of
signals, for people who were never trained. :func:`linear_probe` measures what features reveal of
another label.

:func:`wilson_interval` and :func:`bootstrap_interval` say how certain such numbers are, and
:func:`mcnemar` with :func:`holm` whether two models differ.
"""

from dt4ecg.metrics.bootstrap import bootstrap_interval
from dt4ecg.metrics.calibration import RiskCoverage, expected_calibration_error, risk_coverage
from dt4ecg.metrics.conformal import conformal_sets, conformal_threshold
from dt4ecg.metrics.identification import IdentificationRate, identification_rate
from dt4ecg.metrics.linear_probe import LinearProbe, linear_probe
from dt4ecg.metrics.paired_tests import McNemar, holm, mcnemar
from dt4ecg.metrics.scorers import TaskScorer, scorers
from dt4ecg.metrics.scores import Report, TaskReport, report
from dt4ecg.metrics.statistics import wilson_interval
from dt4ecg.metrics.verification import (
    DetCurve,
    det_curve,
    equal_error_rate,
    impostor_threshold,
    true_accept_rate,
)
from dt4ecg.metrics.verification_curves import VerificationCurves

__all__ = [
    "DetCurve",
    "IdentificationRate",
    "LinearProbe",
    "McNemar",
    "Report",
    "RiskCoverage",
    "TaskReport",
    "TaskScorer",
    "VerificationCurves",
    "bootstrap_interval",
    "conformal_sets",
    "conformal_threshold",
    "det_curve",
    "equal_error_rate",
    "expected_calibration_error",
    "holm",
    "identification_rate",
    "impostor_threshold",
    "linear_probe",
    "mcnemar",
    "report",
    "risk_coverage",
    "scorers",
    "true_accept_rate",
    "wilson_interval",
]


def __dir__() -> list[str]:
    return sorted(__all__)
