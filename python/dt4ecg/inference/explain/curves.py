"""Deletion and insertion curves: whether a network needs the samples that a map marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from dt4ecg._common import numbers
from dt4ecg.inference.explain.question import Question, question
from dt4ecg.inference.predictor import predict_logits

STEPS = 20


@dataclass(frozen=True, eq=False)
class PerturbationCurve:
    """The probability of a class while samples are removed or added.

    Attributes
    ----------
    fraction : array (steps + 1,)
        Share of the samples that were removed (deletion) or added (insertion), from 0 to 1.
    probability : array (n, steps + 1)
        Probability of the class of each segment.

    See Also
    --------
    deletion_curve, insertion_curve : Return this.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.inference.explain import PerturbationCurve
    >>> PerturbationCurve(np.array([0.0, 0.5, 1.0]), np.array([[1.0, 0.5, 0.0]])).area
    array([0.5])
    """

    fraction: NDArray[np.float64]
    probability: NDArray[np.float64]

    @property
    def area(self) -> NDArray[np.float64]:
        """Area under the curve of each segment, (n,), by the trapezoidal rule."""
        return np.asarray(np.trapezoid(self.probability, self.fraction, axis=1))


def deletion_curve(
    model: Any,
    X: Any,
    maps: Any,
    task: str | None = None,
    target: Any = None,
    steps: int = STEPS,
) -> PerturbationCurve:
    """Return how the probability of a class falls while the samples of a map are removed.

    The samples with the largest values of the map are removed first. A small area says that the
    map marks samples that the network needs.

    Parameters
    ----------
    model, X, task, target
        As in :func:`grad_cam`; by default the predicted class of each whole segment.
    maps : array (n, T)
        The maps to judge, such as those of :func:`grad_cam`.
    steps : int, default 20
        Number of steps, at most T.

    Returns
    -------
    PerturbationCurve

    Raises
    ------
    ValueError
        If the maps have another shape than the segments or are not finite; else as in
        :func:`grad_cam`.
    TypeError, sklearn.exceptions.NotFittedError
        As in :func:`grad_cam`.

    See Also
    --------
    insertion_curve : The opposite direction.

    Notes
    -----
    A removed sample has the mean of its lead. Compare maps with a map of random numbers, since a
    network may fail on any damaged segment.

    References
    ----------
    V. Petsiuk, A. Das, K. Saenko, "RISE: randomized input sampling for explanation of black-box
    models", BMVC, 2018, section 4.2.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg import explain, nn
    >>> X = np.random.default_rng(0).standard_normal((2, 1, 300))
    >>> network = nn.Network(seed=0)
    >>> maps = explain.grad_cam(network, X, "activity")
    >>> explain.deletion_curve(network, X, maps, "activity", steps=4).fraction
    array([0.  , 0.25, 0.5 , 0.75, 1.  ])
    """
    return _curve("deletion_curve", model, X, maps, task, target, steps)


def insertion_curve(
    model: Any,
    X: Any,
    maps: Any,
    task: str | None = None,
    target: Any = None,
    steps: int = STEPS,
) -> PerturbationCurve:
    """Return how the probability of a class rises while the samples of a map are added.

    The segment is flat at first, and the samples with the largest values of the map are added
    first. A large area says that the samples that the map marks suffice.

    Parameters
    ----------
    model, X, maps, task, target, steps
        As in :func:`deletion_curve`.

    Returns
    -------
    PerturbationCurve

    Raises
    ------
    ValueError, TypeError, sklearn.exceptions.NotFittedError
        As in :func:`deletion_curve`.

    See Also
    --------
    deletion_curve : The opposite direction, with the reference.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg import explain, nn
    >>> X = np.random.default_rng(0).standard_normal((2, 1, 300))
    >>> network = nn.Network(seed=0)
    >>> maps = explain.grad_cam(network, X, "activity")
    >>> explain.insertion_curve(network, X, maps, "activity", steps=4).area.shape
    (2,)
    """
    return _curve("insertion_curve", model, X, maps, task, target, steps)


def _curve(
    operation: str, model: Any, X: Any, maps: Any, task: str | None, target: Any, steps: int
) -> PerturbationCurve:
    asked = question(operation, model, X, task, target)
    samples = asked.x.shape[2]
    steps = numbers.integer(operation, "steps", steps, 1, samples)
    ranks = _ranks(operation, maps, len(asked.x), samples)
    flat = asked.x.mean(2, keepdim=True)
    counts = np.round(np.linspace(0, samples, steps + 1)).astype(int)
    columns = []
    for count in counts:
        chosen = (ranks < int(count))[:, None]  # on every lead
        whole, empty = (flat, asked.x) if operation == "deletion_curve" else (asked.x, flat)
        columns.append(_probability(asked, torch.where(chosen, whole, empty)))
    return PerturbationCurve(counts / samples, np.stack(columns, axis=1))


def _ranks(operation: str, maps: Any, n: int, samples: int) -> torch.Tensor:
    """Return for each sample its place in the order of the map, the largest value first."""
    values = np.asarray(maps.numpy(force=True) if isinstance(maps, torch.Tensor) else maps)
    if values.shape != (n, samples) or values.dtype.kind not in "fiub":
        raise ValueError(
            f"{operation}: maps must be numbers ({n}, {samples}), one for each sample of each "
            f"segment, got {values.dtype} {values.shape}"
        )
    if not np.isfinite(values).all():
        raise ValueError(f"{operation}: maps must be finite; leave out segments without a map")
    order = np.argsort(-values.astype(np.float64), axis=1, kind="stable")
    return torch.from_numpy(np.argsort(order, axis=1, kind="stable"))


def _probability(asked: Question, x: torch.Tensor) -> NDArray[np.float64]:
    probabilities = predict_logits(asked.network, x)[asked.task].double().softmax(1)
    found: NDArray[np.float64] = probabilities.gather(1, asked.target[:, None])[:, 0].numpy()
    return found
