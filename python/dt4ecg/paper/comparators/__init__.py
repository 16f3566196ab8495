"""Others' methods, of the kinds that the paper's Table II lists, rebuilt for 3-second segments.

A comparator is fitted on training segments alone: it sees no other until it predicts, and predicts
each segment by itself. They are rebuilt after the papers' descriptions, not the authors' code; each
docstring says what differs.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dt4ecg.paper.comparators.forest import fit_random_forest
from dt4ecg.paper.comparators.images import fit_colour_cnn, fit_spectrogram_cnn
from dt4ecg.paper.comparators.metric_learning import fit_multi_similarity
from dt4ecg.paper.comparators.neighbours import fit_eemd_knn, fit_lasso_knn
from dt4ecg.paper.comparators.perceptron import fit_mlp
from dt4ecg.paper.comparators.setting import Setting
from dt4ecg.paper.comparators.support_vectors import fit_svm
from dt4ecg.paper.comparators.waveforms import fit_cnn_activity, fit_cnn_identity

Predict = Callable[[np.ndarray], np.ndarray]
Fit = Callable[[np.ndarray, np.ndarray, Setting], Predict]


@dataclass(frozen=True)
class Comparator:
    """One entry of the table.

    ``fit(X, y, setting)`` takes training segments (n, leads, L) and their class names (n,), and
    returns ``predict(X) -> class names``.
    """

    name: str
    task: str
    fit: Fit
    module: str = ""  # of an optional package that it needs

    def missing(self) -> str:
        """What to install before it can run; "" if nothing."""
        if self.module and importlib.util.find_spec(self.module) is None:
            return 'pip install "dt4ecg[comparators]"'
        return ""


COMPARATORS: dict[str, Comparator] = {
    comparator.name: comparator
    for comparator in (
        Comparator("svm", "identity", fit_svm),
        Comparator("eemd_knn", "identity", fit_eemd_knn, module="PyEMD"),
        Comparator("lasso_knn", "identity", fit_lasso_knn),
        Comparator("spectrogram_cnn", "identity", fit_spectrogram_cnn),
        Comparator("cnn_identity", "identity", fit_cnn_identity),
        Comparator("cnn_multi_similarity", "identity", fit_multi_similarity),
        Comparator("random_forest", "activity", fit_random_forest),
        Comparator("mlp_activity", "activity", fit_mlp),
        Comparator("cnn_colour", "activity", fit_colour_cnn),
        Comparator("cnn_activity", "activity", fit_cnn_activity),
    )
}
