"""Support vectors on statistics of the segment."""

from __future__ import annotations

import numpy as np

from dt4ecg.paper.comparators.features import statistics
from dt4ecg.paper.comparators.setting import Setting


def fit_svm(X: np.ndarray, y: np.ndarray, setting: Setting):
    """SVM with a radial kernel, after Chen et al. (CMCSN 2012).

    Theirs: statistics of MIT-BIH beats. Ours: statistics of the segment and its slope; C = 10.
    """
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    model = make_pipeline(StandardScaler(), SVC(C=10.0)).fit(statistics(X), y)
    return lambda X: model.predict(statistics(X))
