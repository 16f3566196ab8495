"""Predictions of a trained network on segments, and the weights of its attention."""

from dt4ecg.inference.context import average_over_context
from dt4ecg.inference.encoder import ECGEncoder
from dt4ecg.inference.export import export_onnx
from dt4ecg.inference.predictor import Inference, predict_embedding, predict_logits, prepared
from dt4ecg.inference.sca import ScaWeights, sca_weights

__all__ = [
    "ECGEncoder",
    "Inference",
    "ScaWeights",
    "average_over_context",
    "export_onnx",
    "predict_embedding",
    "predict_logits",
    "prepared",
    "sca_weights",
]


def __dir__() -> list[str]:
    return sorted(__all__)
