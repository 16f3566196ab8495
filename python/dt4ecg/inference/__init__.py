"""Predictions of a trained network on segments."""

from dt4ecg.inference.context import average_over_context
from dt4ecg.inference.predictor import Inference, predict_embedding, predict_logits, prepared

__all__ = ["Inference", "average_over_context", "predict_embedding", "predict_logits", "prepared"]


def __dir__() -> list[str]:
    return sorted(__all__)
