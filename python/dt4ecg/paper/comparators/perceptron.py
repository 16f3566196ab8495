"""A multi-layer perceptron on the samples of the segment."""

from __future__ import annotations

import warnings

import numpy as np

from dt4ecg.paper.comparators.base import FitSettings, Predict


def fit_mlp(X: np.ndarray, y: np.ndarray, settings: FitSettings) -> Predict:
    """Fit a perceptron with hidden layers of 256 and 128, after O'Halloran and Curry [1]_.

    Parameters
    ----------
    X : array of shape (n, leads, length)
        Training segments.
    y : array of shape (n,)
        Class names.
    settings : FitSettings
        Seed and number of epochs.

    Returns
    -------
    callable
        ``predict(X)``, which gives class names.

    Notes
    -----
    The paper uses windows of several body-worn sensors, which include two ECG leads. This version
    uses the ECG only. The samples are standardised with the training segments.

    References
    ----------
    .. [1] O'Halloran and Curry, AICS 2019.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.paper.comparators import FitSettings
    >>> X = np.stack([np.full((1, 20), level) for level in (0.0, 0.1, 0.9, 1.0)])
    >>> predict = fit_mlp(X, np.array(["a", "a", "b", "b"]), FitSettings(100.0, 0, 50))
    >>> predict(X).tolist()
    ['a', 'a', 'b', 'b']
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    network = MLPClassifier(
        (256, 128), batch_size=min(16, len(X)), max_iter=settings.epochs, random_state=settings.seed
    )
    model = make_pipeline(StandardScaler(), network)
    with warnings.catch_warnings():
        # The number of epochs is part of the method, so a fit that ends early is not a mistake.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(_flat(X), y)
    return lambda X: model.predict(_flat(X))


def _flat(X: np.ndarray) -> np.ndarray:
    return np.asarray(X, np.float64).reshape(len(X), -1)
