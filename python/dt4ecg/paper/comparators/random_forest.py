"""A random forest on features of time and frequency."""

from __future__ import annotations

import numpy as np

from dt4ecg.paper.comparators.base import FitSettings, Predict
from dt4ecg.paper.comparators.features import spectrum, statistics


def fit_random_forest(X: np.ndarray, y: np.ndarray, settings: FitSettings) -> Predict:
    """Fit 300 trees, after Afzali Arani et al. [1]_.

    Parameters
    ----------
    X : array of shape (n, leads, length)
        Training segments.
    y : array of shape (n,)
        Class names.
    settings : FitSettings
        Sampling rate and seed.

    Returns
    -------
    callable
        ``predict(X)``, which gives class names.

    Notes
    -----
    The paper uses features of ECG, PPG and acceleration. This version uses the ECG only.

    References
    ----------
    .. [1] Afzali Arani et al., Sensors 21:6997, 2021.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.paper.comparators import FitSettings
    >>> time = np.arange(100) / 100
    >>> X = np.stack([np.sin(2 * np.pi * hertz * time)[None] for hertz in (2, 2.1, 9, 9.1)])
    >>> predict = fit_random_forest(X, np.array(["a", "a", "b", "b"]), FitSettings(100.0, 0, 1))
    >>> predict(X).tolist()
    ['a', 'a', 'b', 'b']
    """
    from sklearn.ensemble import RandomForestClassifier

    def features(X: np.ndarray) -> np.ndarray:
        return np.hstack([statistics(X), spectrum(X, settings.sampling_rate)])

    model = RandomForestClassifier(300, random_state=settings.seed, n_jobs=1).fit(features(X), y)
    return lambda X: model.predict(features(X))
