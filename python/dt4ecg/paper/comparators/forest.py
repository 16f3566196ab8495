"""A random forest on features of time and frequency."""

from __future__ import annotations

import numpy as np

from dt4ecg.paper.comparators.features import spectrum, statistics
from dt4ecg.paper.comparators.setting import Setting


def fit_random_forest(X: np.ndarray, y: np.ndarray, setting: Setting):
    """300 trees, after Afzali Arani et al. (Sensors 21:6997, 2021).

    Theirs: features of ECG, PPG and acceleration together. Ours: of the ECG alone.
    """
    from sklearn.ensemble import RandomForestClassifier

    def features(X: np.ndarray) -> np.ndarray:
        return np.hstack([statistics(X), spectrum(X, setting.sampling_rate)])

    model = RandomForestClassifier(300, random_state=setting.seed, n_jobs=1).fit(features(X), y)
    return lambda X: model.predict(features(X))
