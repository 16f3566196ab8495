"""A multi-layer perceptron on the samples themselves."""

from __future__ import annotations

import warnings

import numpy as np


def fit_mlp(X: np.ndarray, y: np.ndarray, sampling_rate: float, seed: int):
    """Hidden layers of 256 and 128, after O'Halloran and Curry (AICS 2019).

    Theirs: windows of body-worn sensors, two ECG leads among them. Ours: the ECG alone; samples
    standardised by the training segments.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(
        StandardScaler(), MLPClassifier((256, 128), max_iter=100, random_state=seed)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # so many passes are the method
        model.fit(_flat(X), y)
    return lambda X: model.predict(_flat(X))


def _flat(X: np.ndarray) -> np.ndarray:
    return np.asarray(X, np.float64).reshape(len(X), -1)
