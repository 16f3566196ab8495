"""Training data that are drawn again for every epoch."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from dt4ecg import _core
from dt4ecg._common import numbers
from dt4ecg.nn.segments import as_segments

Change = Callable[[NDArray[np.float32], np.random.Generator], NDArray[np.float32]]
Exchange = Callable[
    [NDArray[np.float32], NDArray[np.int64], np.random.Generator], NDArray[np.float32]
]


class EpochData(ABC):
    """An object that draws the segments and targets of each epoch.

    :meth:`dt4ecg.Trainer.fit` takes it in place of X, y and `sample_weight`. A class of your own
    defines ``__call__``.

    Attributes
    ----------
    sample_weight : array (n,) or None
        Non-negative weight of each drawn segment, the same in every epoch. None weighs all equally.

    See Also
    --------
    AugmentedSegments : Changes all segments at random in each epoch.
    SubjectBatches : Draws some segments of some people.

    Notes
    -----
    A training that continues from a checkpoint has the bits of an uninterrupted one if the result
    depends on the number of the epoch alone, and not on earlier calls.

    Examples
    --------
    >>> import numpy as np
    >>> import dt4ecg
    >>> class Halves(dt4ecg.training.EpochData):
    ...     def __call__(self, number):
    ...         chosen = np.random.default_rng(number).permutation(8)[:4]
    ...         return np.eye(8, 60)[chosen, None], chosen[:, None] % 2
    >>> network = dt4ecg.nn.Network(tasks={"identity": 2}, segment_length=60, seed=0)
    >>> trainer = dt4ecg.Trainer(network, epochs=2, n_threads=1).fit(Halves())
    >>> trainer.history["epoch"].tolist()
    [1, 2]
    """

    sample_weight: ArrayLike | torch.Tensor | None = None

    @abstractmethod
    def __call__(self, number: int) -> tuple[Any, Any]:
        """Return segments and targets of an epoch, in shapes that all epochs share.

        Parameters
        ----------
        number : int
            Number of the epoch, from 0.

        Returns
        -------
        X : array (n, leads, segment_length)
        y : array (n, ...), or dict of such arrays
            As in :meth:`dt4ecg.Trainer.fit`.
        """


class AugmentedSegments(EpochData):
    """All segments in every epoch, each time with other random changes.

    Parameters
    ----------
    X : array (n, leads, segment_length)
        Segments.
    y : array (n, ...), or dict of such arrays
        Targets, as in :meth:`dt4ecg.Trainer.fit`. The changes leave them as they are.
    augmentation : callable, optional
        Called as ``augmentation(segments, generator)``, such as an :class:`Augmentation`. It
        returns changed segments, one for each, and leaves its argument as it is.
    sample_weight : array (n,), optional
        Non-negative weight of each segment in the losses.
    seed : int, default=0
        Seed of all random numbers. An epoch depends on the seed and its number alone.
    exchange : callable, optional
        Called before `augmentation` as ``exchange(segments, classes, generator)``, such as a
        :class:`SlowExchange`.
    classes : int array (n,), optional
        Class of each segment for `exchange`; -1 where it is unknown.

    Raises
    ------
    ValueError
        If X has another shape or is not finite, `classes` are not one integer per segment, or the
        seed is negative.
    TypeError
        If X does not hold numbers, `augmentation` or `exchange` cannot be called, or neither is
        given.

    See Also
    --------
    Augmentation : Changes of time, baseline, noise and frequency response.
    SlowExchange : Exchanges the slow parts of segments of one class.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.training import Augmentation, AugmentedSegments
    >>> X = np.random.default_rng(0).standard_normal((8, 1, 60))
    >>> data = AugmentedSegments(X, np.arange(8) % 2, Augmentation(60))
    >>> segments, targets = data(0)
    >>> segments.shape, targets.tolist(), bool((data(1)[0] == segments).any())
    ((8, 1, 60), [0, 1, 0, 1, 0, 1, 0, 1], False)
    """

    def __init__(
        self,
        X: ArrayLike | torch.Tensor,
        y: Any,
        augmentation: Change | None = None,
        sample_weight: ArrayLike | torch.Tensor | None = None,
        seed: int = 0,
        exchange: Exchange | None = None,
        classes: ArrayLike | None = None,
    ) -> None:
        name = "AugmentedSegments"
        changes = [change for change in (augmentation, exchange) if change is not None]
        if not changes or not all(map(callable, changes)):
            raise TypeError(
                f"{name}: augmentation must be called as (segments, generator), and exchange as "
                f"(segments, classes, generator), got {augmentation!r} and {exchange!r}; pass a "
                "dt4ecg.training.Augmentation or a SlowExchange"
            )
        self.sample_weight = sample_weight
        self._x: NDArray[np.float32] = as_segments(name, X).numpy(force=True)
        self._y = y
        self._augmentation, self._exchange = augmentation, exchange
        self._classes = np.asarray([] if classes is None else classes)
        if exchange is not None and (
            self._classes.shape != (len(self._x),) or self._classes.dtype.kind not in "iu"
        ):
            raise ValueError(
                f"{name}: exchange needs classes, one integer per segment, ({len(self._x)},), got "
                f"{self._classes.dtype} {self._classes.shape}"
            )
        self._seed = numbers.integer(name, "seed", seed, 0)

    def __call__(self, number: int) -> tuple[NDArray[np.float32], Any]:
        """Return all segments, changed, and their targets."""
        generator = np.random.default_rng([self._seed, number])
        changed = self._x
        if self._exchange is not None:
            changed = np.asarray(self._exchange(changed, self._classes, generator), np.float32)
        if self._augmentation is not None:
            changed = np.asarray(self._augmentation(changed, generator), np.float32)
        if changed.shape[:1] != self._x.shape[:1]:
            raise ValueError(
                "AugmentedSegments: a change must return one segment for each of "
                f"{len(self._x)}, got the shape {changed.shape}"
            )
        return changed, self._y


def drawn_pair(data: EpochData, number: int) -> tuple[Any, Any]:
    """Return the segments and targets of an epoch; ValueError if the object returns others."""
    found = data(number)
    if not isinstance(found, tuple) or len(found) != 2:
        raise ValueError(
            f"fit: {type(data).__name__} must return (segments, targets) for an epoch, got "
            f"{type(found).__name__}"
        )
    return found


def own_copy(data: _core.train.TrainingData) -> _core.train.TrainingData:
    """Return data that share no memory with what the user's object returned."""
    targets = [target.clone() for target in data.targets]
    return _core.train.TrainingData(data.x.clone(), targets, data.sample_weight)


def refill(data: _core.train.TrainingData, drawn: _core.train.TrainingData) -> None:
    """Give the training data the segments and targets of another call, in place.

    Raises
    ------
    ValueError
        If their shapes differ.
    """
    for old, new in zip((data.x, *data.targets), (drawn.x, *drawn.targets), strict=True):
        if old.shape != new.shape:
            raise ValueError(
                "fit: every epoch must have arrays of the same shapes, got "
                f"{tuple(old.shape)} and later {tuple(new.shape)}"
            )
        old.copy_(new)
