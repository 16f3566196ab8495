"""The choice of a donor for each segment."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dt4ecg._common.names import known_names

DONORS = ("other", "same")


def draw_donors(
    subject: ArrayLike, n: int, donor: str, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw one other row for each of ``n`` segments.

    Parameters
    ----------
    subject : array-like (n,)
        Person of each segment.
    n : int
        Number of segments.
    donor : {"other", "same"}
        A row of another person, or another row of the same person.
    rng : numpy.random.Generator

    Returns
    -------
    int array (n,)

    Raises
    ------
    ValueError
        If `subject` does not have one entry per segment, one is unknown (-1, None, NaN), or a
        segment has no possible donor.

    Examples
    --------
    >>> import numpy as np
    >>> draw_donors(["Ann", "Bo", "Ann"], 3, "same", np.random.default_rng(0))
    Traceback (most recent call last):
    ...
    ValueError: splice: 1 of 3 segments, such as that of 'Bo', has no other segment of the same
    person; leave them out, or use donor='other'
    """
    names = known_names("splice", "subject", subject, n)
    _, person, counts = np.unique(names, return_inverse=True, return_counts=True)
    order = np.argsort(person, kind="stable")
    first = (np.cumsum(counts) - counts)[person]  # place of the person's first segment in `order`
    count = counts[person]
    place = np.empty(n, np.int64)
    place[order] = np.arange(n)
    possible = count - 1 if donor == "same" else n - count
    if (possible < 1).any():
        rows = np.flatnonzero(possible < 1)
        kind = ("the same", "other") if donor == "same" else ("another", "same")
        raise ValueError(
            f"splice: {len(rows)} of {n} segments, such as that of {names[rows[0]].item()!r}, "
            f"{'has' if len(rows) == 1 else 'have'} no other segment of {kind[0]} person; leave "
            f"them out, or use donor={kind[1]!r}"
        )
    drawn = rng.integers(0, possible)
    # Drawn places are counted without the row itself, or without all rows of its person.
    drawn = drawn + first if donor == "same" else drawn
    skipped = drawn >= (place if donor == "same" else first)
    chosen = drawn + skipped * (1 if donor == "same" else count)
    donors: NDArray[np.int64] = order[chosen]
    return donors
