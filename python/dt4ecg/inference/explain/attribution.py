"""One form of result for all methods of explanation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from dt4ecg.inference.explain.class_maps import grad_cam_of
from dt4ecg.inference.explain.contributions import integrated_gradients, occlusion
from dt4ecg.inference.explain.question import question
from dt4ecg.inference.explain.scaling import to_segment, to_unit
from dt4ecg.inference.sca import sca_weights

METHODS = {
    "grad_cam": "where the feature maps speak for the class",
    "integrated_gradients": "absolute contribution of each sample to the logit of the class",
    "occlusion": "fall of the logit of the class where a window is removed",
    "attention": "weights of the time steps in Sequence Channel Attention, equal for all classes",
}
"""Methods of :func:`attributions` with a line each."""


@dataclass(frozen=True, eq=False)
class Attribution:
    """The maps of segments, and the classes that they explain.

    Attributes
    ----------
    maps : float32 array (n, T)
        From 0 to 1; 1 is the largest value of the segment.
    task : str
    target : array (n,)
        The class of each segment: labels of a classifier, indices of a network.
    probability : float32 array (n,)
        The probability that the network gives to this class, before any calibration.
    method : str
        A key of :data:`METHODS`.

    See Also
    --------
    attributions : Returns this.
    dt4ecg.plots.attribution : Draws a segment with its map.

    Examples
    --------
    >>> import numpy as np
    >>> import dt4ecg
    >>> X = np.random.default_rng(0).standard_normal((2, 1, 300))
    >>> network = dt4ecg.nn.Network(seed=0)
    >>> dt4ecg.explain.attributions(network, X, "activity", target=1).target
    array([1, 1])
    """

    maps: NDArray[np.float32]
    task: str
    target: NDArray[Any]
    probability: NDArray[np.float32]
    method: str

    def __len__(self) -> int:
        return len(self.maps)


def attributions(
    model: Any, X: Any, task: str | None = None, target: Any = None, method: str = "grad_cam"
) -> Attribution:
    """Explain the classes of segments by a map over time.

    Parameters
    ----------
    model, X, task, target
        As in :func:`grad_cam`.
    method : {"grad_cam", "integrated_gradients", "occlusion", "attention"}, default "grad_cam"
        A key of :data:`METHODS`. ``"integrated_gradients"`` and ``"occlusion"`` need Captum, the
        extra ``explain``. They are summed over leads, the former as absolute values; falls below 0
        count as 0.

    Returns
    -------
    Attribution

    Raises
    ------
    ValueError
        If there is no such method; else as in the function of the method.
    ImportError
        If the method needs Captum, which is not installed.
    TypeError, sklearn.exceptions.NotFittedError
        As in :func:`grad_cam`.

    See Also
    --------
    dt4ecg.DT4ECGClassifier.explain : The same for a classifier.

    Examples
    --------
    >>> import numpy as np
    >>> import dt4ecg
    >>> X = np.random.default_rng(0).standard_normal((2, 1, 300))
    >>> found = dt4ecg.explain.attributions(dt4ecg.nn.Network(seed=0), X, task="activity")
    >>> found.maps.shape, found.method
    ((2, 300), 'grad_cam')
    """
    if method not in METHODS:
        raise ValueError(
            f"attributions: method must be one of {', '.join(map(repr, METHODS))}, got {method!r}"
        )
    asked = question("attributions", model, X, task, target)
    index = asked.target.numpy()
    if method == "grad_cam":
        maps = grad_cam_of(asked)
    elif method == "attention":
        steps = torch.from_numpy(sca_weights(asked.network, asked.x).steps)
        maps = to_unit(to_segment(steps, asked.x.shape[2]))
    else:
        function = integrated_gradients if method == "integrated_gradients" else occlusion
        values = function(asked.network, asked.x, asked.task, index)
        positive = values.abs() if method == "integrated_gradients" else values.relu()
        maps = to_unit(positive.sum(1))
    labels = getattr(model, "classes_by_task", {}).get(asked.task)
    return Attribution(
        maps=maps.numpy(),
        task=asked.task,
        target=index if labels is None else labels[index],
        probability=asked.probabilities.numpy()[np.arange(len(index)), index],
        method=method,
    )
