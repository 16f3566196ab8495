"""DT4ECG with scikit-learn's interface: the classifier, its predictions, and its model file."""

from dt4ecg.estimator.calibration import Calibration
from dt4ecg.estimator.classifier import DT4ECGClassifier
from dt4ecg.estimator.loading import load
from dt4ecg.estimator.recording_prediction import RecordingPrediction
from dt4ecg.estimator.stream import PredictionStream, SegmentPrediction

__all__ = [
    "Calibration",
    "DT4ECGClassifier",
    "PredictionStream",
    "RecordingPrediction",
    "SegmentPrediction",
    "load",
]


def __dir__() -> list[str]:
    return sorted(__all__)
