"""A linear probe: how well a linear classifier predicts a label from features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dt4ecg.metrics.statistics import wilson_interval


@dataclass(frozen=True, eq=False)
class LinearProbe:
    """The accuracy of a linear classifier of features.

    Attributes
    ----------
    hits : array of bool, shape (n,)
        Whether each row of the test part is classified correctly.
    chance : float
        Share of the largest class of the test part, which a constant answer reaches.
    classes : int
        Number of classes in the training part.

    See Also
    --------
    linear_probe : Returns this.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.metrics import LinearProbe
    >>> LinearProbe(np.array([True, True, False, True]), chance=0.5, classes=2).accuracy
    0.75
    """

    hits: NDArray[np.bool_]
    chance: float
    classes: int

    @property
    def accuracy(self) -> float:
        """Share of correct rows."""
        return float(self.hits.mean())

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the accuracy, as if the rows were independent."""
        return wilson_interval(int(self.hits.sum()), len(self.hits))


def linear_probe(
    features: ArrayLike, labels: ArrayLike, test_features: ArrayLike, test_labels: ArrayLike
) -> LinearProbe:
    """Fit a logistic regression to features of one part, and score it on another part.

    The answer says how much of a label, such as the person, can be read from the features of a
    network. Take the parts so that they share no recording, or at least no neighbouring segments:
    features of overlapping or neighbouring segments resemble each other, whatever they contain.

    Parameters
    ----------
    features : array-like (n, channels)
        Features of the training part, such as those of :meth:`dt4ecg.DT4ECGClassifier.embed`.
    labels : array-like (n,)
        Label of each row.
    test_features : array-like (m, channels)
    test_labels : array-like (m,)
        All of them must occur in `labels`.

    Returns
    -------
    LinearProbe

    Raises
    ------
    ValueError
        If the arrays do not fit together, are not finite, or `labels` has one class or lacks a
        label of the test part.

    See Also
    --------
    dt4ecg.training.Deconfounding : Trains features of which a probe can read little.

    Notes
    -----
    The channels are scaled to mean 0 and variance 1 of the training part. The regression is that of
    scikit-learn with its default L2 penalty. After the probes of Alain and Bengio (2017),
    "Understanding intermediate layers using linear classifier probes".

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.metrics import linear_probe
    >>> random = np.random.default_rng(0)
    >>> subject = np.arange(200) % 2
    >>> features = random.normal(size=(200, 3)) + 9 * subject[:, None]
    >>> probe = linear_probe(features[:100], subject[:100], features[100:], subject[100:])
    >>> probe.accuracy, probe.chance
    (1.0, 0.5)
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    X, y = _part("features", features, labels)
    test_X, test_y = _part("test_features", test_features, test_labels)
    if X.shape[1] != test_X.shape[1]:
        raise ValueError(
            f"linear_probe: features have {X.shape[1]} channels, but test_features have "
            f"{test_X.shape[1]}"
        )
    classes = np.unique(y)
    if len(classes) < 2:
        raise ValueError(
            f"linear_probe: labels have one class, {classes[0]!r}; a probe needs at least two"
        )
    absent = np.setdiff1d(test_y, classes)
    if len(absent):
        raise ValueError(
            f"linear_probe: test_labels has {absent.tolist()[:5]}, which labels does not have; "
            "split the segments so that both parts have all labels"
        )
    probe = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)).fit(X, y)
    chance = float(np.unique(test_y, return_counts=True)[1].max() / len(test_y))
    return LinearProbe(probe.predict(test_X) == test_y, chance, len(classes))


def _part(name: str, features: ArrayLike, labels: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
    X, y = np.asarray(features), np.asarray(labels)
    if X.ndim != 2 or X.dtype.kind not in "iuf" or 0 in X.shape:
        raise ValueError(
            f"linear_probe: {name} must be numbers (n, channels), none of them 0, got {X.dtype} "
            f"{X.shape}"
        )
    if y.shape != (len(X),):
        raise ValueError(
            f"linear_probe: {name} has {len(X)} rows, but its labels have the shape {y.shape}"
        )
    if not np.isfinite(X).all():
        raise ValueError(f"linear_probe: {name} must be finite; drop or repair such rows")
    return X.astype(np.float64), y
