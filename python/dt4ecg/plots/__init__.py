"""Plots of trainings, results, segments and signals.

Each function draws with matplotlib on the axes ``ax``, or on new axes, and returns them. Labels and
titles are shown as they are: ``$`` does not start a formula, and long labels are shortened. On axes
of a dark style, such as ``dark_background``, traces are light.
"""

from dt4ecg.plots.attention import sca_weights
from dt4ecg.plots.attributions import attribution
from dt4ecg.plots.calibration import reliability
from dt4ecg.plots.confusion import confusion_matrix
from dt4ecg.plots.feature_map import embedding
from dt4ecg.plots.power import spectrum, trace
from dt4ecg.plots.signals import preprocessing_stages, segments
from dt4ecg.plots.training import gradient_norms, task_weights, training_curves
from dt4ecg.plots.verification import det

__all__ = [
    "attribution",
    "confusion_matrix",
    "det",
    "embedding",
    "gradient_norms",
    "preprocessing_stages",
    "reliability",
    "sca_weights",
    "segments",
    "spectrum",
    "task_weights",
    "trace",
    "training_curves",
]


def __dir__() -> list[str]:
    return sorted(__all__)
