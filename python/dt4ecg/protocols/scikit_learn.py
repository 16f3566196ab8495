"""Protocols as cross-validation splitters of scikit-learn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from dt4ecg.datasets.arrays import named_columns
from dt4ecg.datasets.segment_set import SegmentSet
from dt4ecg.protocols.base import Indices, Split
from dt4ecg.protocols.splits import folds


@dataclass(frozen=True)
class _KFold:
    """The steps that the splitters share."""

    n_splits: int | None = None
    seed: int = 0

    _protocol: ClassVar[str]
    _groups_are: ClassVar[str] = "groups"  # the meaning of groups (n,)

    def split(self, X: Any, y: Any = None, groups: Any = None) -> Iterator[tuple[Indices, Indices]]:
        """Yield the indices of the training and the test segments of each fold.

        Parameters
        ----------
        X : array-like (n, ...)
            Only its length counts.
        y : labels, optional
            As in :meth:`dt4ecg.datasets.SegmentSet.from_arrays`, for a warning of classes that are
            tested but never trained.
        groups : SegmentSet, data frame, dict or array-like (n,)
            The origin of the segments, as described for the class.

        Examples
        --------
        >>> from dt4ecg.protocols import SubjectKFold
        >>> splitter = SubjectKFold(n_splits=2)
        >>> [test.tolist() for _, test in splitter.split([0] * 4, groups=["a", "b", "b", "a"])]
        [[0, 3], [1, 2]]
        """
        for fold in self._folds(X, y, groups):
            yield fold.train, fold.test

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Return the number of folds.

        Without ``n_splits`` it depends on ``X`` and ``groups``, which are needed then.

        Examples
        --------
        >>> from dt4ecg.protocols import RandomKFold
        >>> RandomKFold(n_splits=3).get_n_splits()
        3
        """
        if self.n_splits is not None:
            return self.n_splits
        if X is None:
            raise ValueError(
                f"{type(self).__name__}: the number of folds depends on the data; pass X and "
                "groups, or set n_splits"
            )
        return len(self._folds(X, None, groups))

    def get_metadata_routing(self) -> Any:
        """Return scikit-learn's request for ``groups``, which it reads if its routing is enabled.

        Examples
        --------
        >>> from dt4ecg.protocols import BlockedKFold
        >>> BlockedKFold().get_metadata_routing().split.requests
        {'groups': True}
        """
        from sklearn.utils.metadata_routing import MetadataRequest

        request = MetadataRequest(owner=type(self).__name__)
        request.split.add_request(param="groups", alias=True)
        return request

    def _folds(self, X: Any, y: Any, groups: Any) -> list[Split]:
        n = X.shape[0] if hasattr(X, "shape") else len(X)
        if isinstance(groups, SegmentSet):
            data = groups
        else:
            data = SegmentSet.from_arrays(np.zeros((n, 1)), y, **self._origin(groups))
        if len(data) != n:
            raise ValueError(
                f"{type(self).__name__}: groups is a set of {len(data)} segments, but X has {n}"
            )
        return folds(data, self._protocol, self.n_splits, self.seed)

    def _origin(self, groups: Any) -> dict[str, Any]:
        """Return the arguments of ``from_arrays`` that describe the origin of the segments."""
        columns = named_columns(groups)
        if columns is None:
            return {} if groups is None else {self._groups_are: groups}
        known = ("groups", "subject", "session", "start")
        origin = {name: columns[name] for name in known if name in columns}
        if not origin:
            raise ValueError(
                f"{type(self).__name__}: groups needs some of the columns {', '.join(known)}, got "
                f"{', '.join(columns)}"
            )
        if "start" in columns and "stop" in columns:
            seconds = np.asarray(columns["stop"]) - np.asarray(columns["start"])
            origin["segment_seconds"] = float(seconds[0])
        return origin


@dataclass(frozen=True)
class RandomKFold(_KFold):
    """Folds of segments at random, the protocol ``random``, for scikit-learn's ``cv``.

    Parameters
    ----------
    n_splits : int, default 5
        Number of folds, at least 2.
    seed : int, default 0
        Seed of the random choice.

    Notes
    -----
    ``groups`` is not needed. Most test segments have a neighbour in training, see
    :func:`leak_report`.

    See Also
    --------
    folds : The same for a segment set, with the tasks to score.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn.model_selection import cross_val_score
    >>> from dt4ecg.protocols import RandomKFold
    >>> X, y = np.zeros((9, 300)), ["rest"] * 9
    >>> cross_val_score(DummyClassifier(), X, y, cv=RandomKFold(n_splits=3)).tolist()
    [1.0, 1.0, 1.0]
    """

    n_splits: int | None = 5

    _protocol = "random"


@dataclass(frozen=True)
class BlockedKFold(_KFold):
    """Folds of consecutive stretches of each recording, the protocol ``blocked``.

    Segments next to the test part are in neither part, as a guard.

    Parameters
    ----------
    n_splits : int, default 5
        Number of folds, at least 2.
    seed : int, default 0
        It has no effect.

    Notes
    -----
    ``groups`` is a :class:`~dt4ecg.datasets.SegmentSet`, or a data frame or dict with the columns
    ``groups`` (the recording) and ``start`` (seconds), such as that of ``SegmentSet.to_frame``. A
    segment lasts 3 s, unless there is a column ``stop``.

    See Also
    --------
    folds : The same for a segment set, with the tasks to score.

    Examples
    --------
    >>> from dt4ecg.protocols import BlockedKFold
    >>> origin = {"groups": ["r1"] * 6, "start": [0, 3, 6, 9, 12, 15]}
    >>> for train, test in BlockedKFold(n_splits=2).split([0] * 6, groups=origin):
    ...     print(train, test)
    [4 5] [0 1 2]
    [0 1] [3 4 5]
    """

    n_splits: int | None = 5

    _protocol = "blocked"


class SessionKFold(_KFold):
    """Folds of the sessions of each subject, the protocol ``session``.

    Parameters
    ----------
    n_splits : int, optional
        Number of folds, at least 2. Default: the largest number of sessions of a subject.
    seed : int, default 0
        Seed of the random choice.

    Notes
    -----
    ``groups`` is a :class:`~dt4ecg.datasets.SegmentSet`, or a data frame or dict with the columns
    ``subject`` and ``session``.

    See Also
    --------
    folds : The same for a segment set, with the tasks to score.

    Examples
    --------
    >>> from dt4ecg.protocols import SessionKFold
    >>> origin = {"subject": ["a", "a", "b", "b"], "session": ["1", "2", "1", "2"]}
    >>> for train, test in SessionKFold().split([0] * 4, groups=origin):
    ...     print(train, test)
    [1 3] [0 2]
    [0 2] [1 3]
    """

    _protocol = "session"
    _groups_are = "session"


class SubjectKFold(_KFold):
    """Folds of subjects, the protocol ``subject``.

    Parameters
    ----------
    n_splits : int, optional
        Number of folds, at least 2. Default: 5, or the number of subjects if it is smaller.
    seed : int, default 0
        Seed of the random choice.

    Notes
    -----
    ``groups`` holds the subject of each segment, or is a :class:`~dt4ecg.datasets.SegmentSet`, a
    data frame or a dict with the column ``subject``. Identity cannot be scored on people without
    training segments, so train on the other tasks alone.

    See Also
    --------
    folds : The same for a segment set, with the tasks to score.

    Examples
    --------
    >>> from dt4ecg.protocols import SubjectKFold
    >>> subjects = ["anna", "anna", "bert", "carl"]
    >>> [test.tolist() for _, test in SubjectKFold().split([0] * 4, groups=subjects)]
    [[2], [3], [0, 1]]
    """

    _protocol = "subject"
    _groups_are = "subject"
