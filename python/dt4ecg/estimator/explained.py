"""Explanations of a fitted classifier."""

from typing import Any

import torch
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from dt4ecg.estimator.calibrated import CalibratedPredictions
from dt4ecg.inference.explain import Attribution, attributions


class ExplainedPredictions(CalibratedPredictions):
    """The methods of a classifier that explain its predictions."""

    def explain(
        self,
        X: ArrayLike | torch.Tensor,
        task: str | None = None,
        target: Any = None,
        method: str = "grad_cam",
    ) -> Attribution:
        """Explain the predicted label of each segment by a map over its samples.

        Parameters
        ----------
        X : array-like (n, T) or (n, leads, T)
        task : str, optional
            One of `tasks`; it can be left out if there is only one.
        target : label or array (n,), optional
            The label to explain, for all or for each of the segments. The default is the predicted
            one.
        method : str, default "grad_cam"
            A key of :data:`dt4ecg.inference.explain.METHODS`. ``"integrated_gradients"`` and
            ``"occlusion"`` need Captum: ``pip install "dt4ecg[explain]"``.

        Returns
        -------
        Attribution
            Maps (n, T) from 0 to 1, with the labels that they explain and their probabilities.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before `fit`.
        ValueError
            If the segments have other leads, another length or samples that are not finite, or
            there is no such task, label or method. Also with the backbone ``"mlp"`` and Grad-CAM.
        ImportError
            If the method needs Captum, which is not installed.

        See Also
        --------
        dt4ecg.inference.explain.grad_cam : The method, for any network.
        dt4ecg.plots.attribution : Draw a segment with its map.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg import DT4ECGClassifier
        >>> X, y = np.eye(8, 60), ["Ann", "Bo"] * 4
        >>> found = DT4ECGClassifier(tasks=("identity",), epochs=1).fit(X, y).explain(X[:3])
        >>> found.maps.shape, found.task
        ((3, 60), 'identity')
        """
        check_is_fitted(self)
        return attributions(self, self._segments(X), task, target, method)
