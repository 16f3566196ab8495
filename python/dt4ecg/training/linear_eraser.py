"""Features from which a linear classifier cannot predict a confounder: a closed form."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

_SMALLEST = 1e-10  # of the largest eigenvalue; smaller ones are rounding errors


class LinearEraser(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Remove from features what a linear classifier uses to predict a confounder.

    It needs no training of the network: fit it to the features of a trained one. Fit the classifier
    of the task, such as a logistic regression, to the result.

    Attributes
    ----------
    mean_ : array (channels,)
        Mean of the features.
    matrix_ : array (channels, channels)
        What is subtracted is ``matrix_ @ (features - mean_)``.
    rank_ : int
        Number of removed directions, below the number of classes of the confounder.

    See Also
    --------
    Deconfounding : Trains a network against confounders.
    dt4ecg.metrics.linear_probe : Measures what remains.

    Notes
    -----
    This is the least-squares erasure of Belrose et al. (2023), "Perfect linear concept erasure
    in closed form", theorem 4.3. With the covariance S of the features and their
    covariance C with the indicators of the classes, the orthogonal projection on the columns of
    ``S**-0.5 C`` is removed from the whitened features. On the fitted features all classes of the
    confounder then have equal means, so that no linear classifier does better than a constant. It
    is the smallest such change. On other features, and for classifiers that are not linear,
    something may remain.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.training import LinearEraser
    >>> random = np.random.default_rng(0)
    >>> subject = np.repeat(["Anna", "Bert"], 50)
    >>> features = random.normal(size=(100, 3)) + 4 * (subject == "Bert")[:, None]
    >>> erased = LinearEraser().fit_transform(features, subject)
    >>> difference = erased[subject == "Anna"].mean(0) - erased[subject == "Bert"].mean(0)
    >>> float(np.abs(difference).max()) < 1e-12
    True
    """

    def fit(self, X: ArrayLike, y: ArrayLike) -> LinearEraser:
        """Find the directions to remove.

        Parameters
        ----------
        X : array-like (n, channels)
            Features of the training segments.
        y : array-like (n,) or (n, confounders)
            Labels of one or several confounders.

        Returns
        -------
        self : LinearEraser

        Raises
        ------
        ValueError
            If X is not finite, y does not fit it, or a confounder has one class.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg.training import LinearEraser
        >>> LinearEraser().fit(np.eye(4), [0, 0, 1, 1]).rank_
        1
        """
        features = np.asarray(validate_data(self, X, dtype=np.float64, ensure_min_samples=2))
        if y is None:
            raise ValueError("LinearEraser requires y to be passed, but the target y is None")
        labels = np.asarray(y)
        if labels.ndim == 1:
            labels = labels[:, None]
        if labels.ndim != 2 or len(labels) != len(features):
            raise ValueError(
                f"LinearEraser: y must be labels ({len(features)},) or ({len(features)}, "
                f"confounders), got the shape {np.shape(y)}"
            )
        indicators = []
        for column in labels.T:
            classes, index = np.unique(column, return_inverse=True)
            if len(classes) < 2:
                raise ValueError(
                    f"LinearEraser: a confounder has one class, {classes[0]!r}; leave it out"
                )
            indicators.append(np.eye(len(classes))[index])
        Z = np.concatenate(indicators, axis=1)
        self.mean_ = features.mean(0)
        centred = features - self.mean_
        values, vectors = np.linalg.eigh(centred.T @ centred / len(features))
        kept = values > _SMALLEST * max(values.max(), np.finfo(float).tiny)
        roots, vectors = np.sqrt(values[kept]), vectors[:, kept]
        whitened = (vectors / roots).T @ (centred.T @ (Z - Z.mean(0)) / len(features))
        left, sizes, _ = np.linalg.svd(whitened, full_matrices=False)
        left = left[:, sizes > _SMALLEST]
        self.rank_ = left.shape[1]
        self.matrix_ = (vectors * roots) @ left @ left.T @ (vectors / roots).T
        return self

    def transform(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return the features without the removed directions.

        Parameters
        ----------
        X : array-like (n, channels)

        Returns
        -------
        array of float64 (n, channels)

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before `fit`.
        ValueError
            If X has another number of channels, or is not finite.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg.training import LinearEraser
        >>> features = np.array([[0.0, 0.0], [0.0, 2.0], [4.0, 0.0], [4.0, 2.0]])
        >>> LinearEraser().fit(features, [0, 0, 1, 1]).transform(features).round(6).tolist()
        [[2.0, 0.0], [2.0, 2.0], [2.0, 0.0], [2.0, 2.0]]
        """
        check_is_fitted(self)
        found = validate_data(self, X, dtype=np.float64, reset=False)
        erased: NDArray[np.float64] = found - (found - self.mean_) @ self.matrix_.T
        return erased

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags
