"""A multi-layer perceptron on the samples themselves."""

from __future__ import annotations

import warnings

import numpy as np

from dt4ecg.paper.comparators.setting import Setting


def fit_mlp(X: np.ndarray, y: np.ndarray, setting: Setting):
    """Hidden layers of 256 and 128, after O'Halloran and Curry (AICS 2019).

    Theirs: windows of body-worn sensors, two ECG leads among them. Ours: the ECG alone; samples
    standardised by the training segments.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    network = MLPClassifier(
        (256, 128), batch_size=min(16, len(X)), max_iter=setting.epochs, random_state=setting.seed
    )
    model = make_pipeline(StandardScaler(), network)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # so many passes at most are the method
        model.fit(_flat(X), y)
    return lambda X: model.predict(_flat(X))


def _flat(X: np.ndarray) -> np.ndarray:
    return np.asarray(X, np.float64).reshape(len(X), -1)
