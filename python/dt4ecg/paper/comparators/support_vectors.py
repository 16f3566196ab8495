"""A support vector machine on statistics of the segment."""

from __future__ import annotations

import numpy as np

from dt4ecg.paper.comparators.base import FitSettings, Predict
from dt4ecg.paper.comparators.features import statistics


def fit_svm(X: np.ndarray, y: np.ndarray, settings: FitSettings) -> Predict:
    """Fit an SVM with a radial kernel and C = 10, after Chen et al. [1]_.

    Parameters
    ----------
    X : array of shape (n, leads, length)
        Training segments.
    y : array of shape (n,)
        Class names.
    settings : FitSettings
        Not used: the fit has no random numbers and no passes.

    Returns
    -------
    callable
        ``predict(X)``, which gives class names.

    Notes
    -----
    The paper uses statistics of single beats of MIT-BIH. This version uses statistics of the
    segment and of its slope.

    References
    ----------
    .. [1] Chen et al., CMCSN 2012.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.paper.comparators import FitSettings
    >>> time = np.arange(100) / 100
    >>> X = np.stack([np.sin(2 * np.pi * hertz * time)[None] for hertz in (2, 2.1, 9, 9.1)])
    >>> predict = fit_svm(X, np.array(["a", "a", "b", "b"]), FitSettings(100.0, 0, 1))
    >>> predict(X).tolist()
    ['a', 'a', 'b', 'b']
    """
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    model = make_pipeline(StandardScaler(), SVC(C=10.0)).fit(statistics(X), y)
    return lambda X: model.predict(statistics(X))
