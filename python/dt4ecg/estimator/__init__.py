"""DT4ECG with scikit-learn's interface: the classifier, and the reader of its model file."""

from dt4ecg.estimator.classifier import DT4ECGClassifier
from dt4ecg.estimator.loading import load

__all__ = ["DT4ECGClassifier", "load"]


def __dir__() -> list[str]:
    return sorted(__all__)
