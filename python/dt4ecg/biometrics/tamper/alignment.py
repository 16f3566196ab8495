"""Cuts at R peaks: foreign parts begin and end at beats, and begin with a beat of the donor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Beats = Sequence[NDArray[np.int64]]


def checked_beats(beats: Sequence[ArrayLike], n: int, samples: int) -> Beats:
    """Return the R peaks of each segment as sorted arrays.

    Raises
    ------
    ValueError
        If there is not one array per segment, or a peak is not the index of a sample.

    Examples
    --------
    >>> checked_beats([[5, 2]], 1, 8)
    [array([2, 5])]
    """
    if len(beats) != n:
        raise ValueError(
            f"splice: beats must have one array of R peaks for each of the {n} segments, got "
            f"{len(beats)}"
        )
    found = []
    for row, peaks in enumerate(beats):
        several: NDArray[Any] = np.asarray(peaks)
        legal = several.ndim == 1 and (several.dtype.kind in "iu" or several.size == 0)
        if not legal or ((several < 0) | (several >= samples)).any():
            raise ValueError(
                f"splice: the beats of segment {row} must be indices of its {samples} samples, got "
                f"{several}"
            )
        found.append(np.unique(several.astype(np.int64)))
    return found


def aligned(
    foreign: NDArray[np.bool_], donors: NDArray[np.int64], beats: Beats
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Move the borders of foreign parts to the nearest beats, and the donor's beats with them.

    The ends of a segment stay borders. A part that lies between two beats and shrinks to nothing is
    left out, unless it is the only one: then it is not moved.

    Parameters
    ----------
    foreign : bool array (n, T)
    donors : int array (n,)
    beats : sequence of int arrays
        R peaks of each row.

    Returns
    -------
    foreign : bool array (n, T)
    source : int array (n, T)
        Sample of the donor that each foreign sample comes from.

    Examples
    --------
    >>> import numpy as np
    >>> foreign = np.array([[False] * 5 + [True] * 5, [True] * 5 + [False] * 5])
    >>> beats = [np.array([1, 4, 7]), np.array([3, 6])]
    >>> moved, source = aligned(foreign, np.array([1, 0]), beats)
    >>> moved[0].astype(int), source[0, 4:]
    (array([0, 0, 0, 0, 1, 1, 1, 1, 1, 1]), array([3, 4, 5, 6, 7, 8]))
    """
    n, samples = foreign.shape
    moved = np.zeros_like(foreign)
    source = np.tile(np.arange(samples), (n, 1))
    for row in range(n):
        own, theirs = beats[row], beats[donors[row]]
        parts = list(_parts(foreign[row]))
        kept = [(start, stop) for start, stop in _snapped(parts, own, samples) if start < stop]
        for start, stop in kept or parts:
            moved[row, start:stop] = True
            # The donor's samples must not run out before the end of the part.
            possible = theirs[theirs - start + stop <= samples] - start
            if start > 0 and len(possible):
                source[row, start:stop] += possible[np.abs(possible).argmin()]
    return moved, source


def _parts(mask: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _snapped(
    parts: list[tuple[int, int]], beats: NDArray[np.int64], samples: int
) -> Iterator[tuple[int, int]]:
    def nearest(edge: int) -> int:
        if edge in (0, samples) or not len(beats):
            return edge
        return int(beats[np.abs(beats - edge).argmin()])

    for start, stop in parts:
        yield nearest(start), nearest(stop)
