"""Explain predictions: which parts of a segment speak for a class, and how well a map says so.

``dt4ecg.explain`` is this package. Maps have one value per sample from 0 to 1. They describe the
network, not the heart: a map is not a diagnosis.
"""

from dt4ecg.inference.explain.attribution import METHODS, Attribution, attributions
from dt4ecg.inference.explain.class_maps import grad_cam
from dt4ecg.inference.explain.contributions import integrated_gradients, occlusion
from dt4ecg.inference.explain.curves import PerturbationCurve, deletion_curve, insertion_curve
from dt4ecg.inference.explain.shares import peak_inside, share_inside

__all__ = [
    "METHODS",
    "Attribution",
    "PerturbationCurve",
    "attributions",
    "deletion_curve",
    "grad_cam",
    "insertion_curve",
    "integrated_gradients",
    "occlusion",
    "peak_inside",
    "share_inside",
]


def __dir__() -> list[str]:
    return sorted(__all__)
