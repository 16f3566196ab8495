"""Batches that a training draws again for every epoch, with several segments of each person."""

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from dt4ecg._common import numbers
from dt4ecg._common.labels import UNKNOWN
from dt4ecg.nn.segments import as_segments
from dt4ecg.training.epoch_data import Change, EpochData


class SubjectBatches(EpochData):
    """Draw batches of some people with some segments each, as metric losses need them.

    :meth:`dt4ecg.Trainer.fit` takes this object in place of X and y. Each epoch of the trainer then
    has the segments of one call, so with the default ``batch_size`` of :attr:`size` an epoch is one
    step.

    Parameters
    ----------
    X : array (n, leads, segment_length)
        Segments.
    subject : int array (n,)
        Person of each segment; -1 where it is unknown, and the segment is not drawn.
    subjects_per_batch : int, default=32
        People of a batch, at least 2. Fewer if there are fewer people, and rounded up to a multiple
        of the number of sources.
    segments_per_subject : int, default=4
        Segments of each of them, at least 2. A person with fewer segments has some twice.
    groups : int array (n,), optional
        Group of each segment, such as a recording or session. The segments of a person come from as
        many groups as possible.
    source : int array (n,), optional
        Data set of each segment, such as a large and a small one. Each has the same number of
        people in a batch, as far as it has so many. By default all people are equally likely.
    targets : dict of str to array (n,), optional
        Further targets of the loss, such as ``{"session": ...}``.
    augmentation : callable, optional
        Called as ``augmentation(segments, generator)`` on a batch; it returns changed segments of
        the same shape.
    seed : int, default=0
        Seed of all random numbers. A call depends on the seed and its number alone, so that a
        resumed training has the bits of an uninterrupted one.

    Attributes
    ----------
    size : int
        Segments of a batch.

    Raises
    ------
    ValueError
        If there are not two people, the arrays do not fit together, or a setting is outside its
        range.

    See Also
    --------
    dt4ecg.training.metric_losses : The losses that need such batches.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.training import SubjectBatches
    >>> X = np.random.default_rng(0).standard_normal((40, 1, 60))
    >>> batches = SubjectBatches(X, np.arange(40) // 4, subjects_per_batch=3)
    >>> segments, targets = batches(0)
    >>> segments.shape, targets["subject"].tolist()
    ((12, 1, 60), [5, 5, 5, 5, 9, 9, 9, 9, 6, 6, 6, 6])
    """

    def __init__(
        self,
        X: ArrayLike | torch.Tensor,
        subject: ArrayLike,
        subjects_per_batch: int = 32,
        segments_per_subject: int = 4,
        groups: ArrayLike | None = None,
        source: ArrayLike | None = None,
        targets: Mapping[str, ArrayLike] | None = None,
        augmentation: Change | None = None,
        seed: int = 0,
    ) -> None:
        name = "SubjectBatches"
        people = numbers.integer(name, "subjects_per_batch", subjects_per_batch, 2)
        self._each = numbers.integer(name, "segments_per_subject", segments_per_subject, 2, 4096)
        self._seed = numbers.integer(name, "seed", seed, 0)
        self._x = as_segments(name, X).numpy(force=True)
        self._targets = {"subject": _integers("subject", subject, len(self._x))}
        for target, values in (targets or {}).items():
            self._targets[target] = _integers(f"targets[{target!r}]", values, len(self._x))
        self._augmentation = augmentation
        group = np.zeros(len(self._x), np.int64)
        if groups is not None:
            group = _integers("groups", groups, len(self._x))
        self._people = _segments_by_person(self._targets["subject"], group)
        if len(self._people) < 2:
            raise ValueError(
                f"{name}: needs the segments of at least 2 people, got {len(self._people)}; a "
                "metric loss compares people"
            )
        sources = np.zeros(len(self._people), np.int64)
        if source is not None:
            found = _integers("source", source, len(self._x))
            sources = np.array([found[groups_of[0][0]] for groups_of in self._people])
        members = [np.flatnonzero(sources == one) for one in np.unique(sources)]
        share = -(-people // len(members))  # rounded up
        self._drawn = [(of_source, min(share, len(of_source))) for of_source in members]
        self.size = sum(n for _, n in self._drawn) * self._each

    def __call__(self, number: int) -> tuple[NDArray[np.float32], dict[str, NDArray[np.int64]]]:
        """Return segments and targets of the batch of a number from 0."""
        generator = np.random.default_rng([self._seed, number])
        chosen = np.concatenate(
            [generator.choice(of_source, n, replace=False) for of_source, n in self._drawn]
        )
        rows = np.concatenate([self._draw(self._people[i], generator) for i in chosen])
        segments = self._x[rows]
        if self._augmentation is not None:
            segments = np.asarray(self._augmentation(segments, generator), np.float32)
        return segments, {name: values[rows] for name, values in self._targets.items()}

    def _draw(
        self, groups: list[NDArray[np.int64]], generator: np.random.Generator
    ) -> NDArray[np.int64]:
        """Draw the segments of one person, from one group after the other."""
        left = [generator.permutation(groups[i]) for i in generator.permutation(len(groups))]
        rounds = max(map(len, left))
        order = [rows[i] for i in range(rounds) for rows in left if i < len(rows)]
        return np.resize(np.array(order[: self._each]), self._each)


def _segments_by_person(
    subject: NDArray[np.int64], group: NDArray[np.int64]
) -> list[list[NDArray[np.int64]]]:
    """Return for each known person the rows of each of its groups."""
    known = np.flatnonzero(subject != UNKNOWN)
    rows = known[np.lexsort((group[known], subject[known]))]
    if not len(rows):
        return []
    changes = np.flatnonzero((np.diff(subject[rows]) != 0) | (np.diff(group[rows]) != 0)) + 1
    people: dict[int, list[NDArray[np.int64]]] = {}
    for part in np.split(rows, changes):
        people.setdefault(int(subject[part[0]]), []).append(part)
    return list(people.values())


def _integers(name: str, values: ArrayLike, n: int) -> NDArray[np.int64]:
    found = np.asarray(values)
    if found.shape != (n,) or found.dtype.kind not in "iu":
        raise ValueError(
            f"SubjectBatches: {name} must be one integer per segment, ({n},), got {found.dtype} "
            f"{found.shape}"
        )
    return found.astype(np.int64)
