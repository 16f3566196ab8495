"""Where foreign samples lie in a spliced segment."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
MaskOf = Callable[[int, int, float, np.random.Generator], Mask]

QUARTER = 0.25
INSERTED = (0.1, 0.4)  # shares of the segment, shortest and longest
PIECES = (2, 5)  # fewest and most pieces of insert_many
SHARE_OF_SLOT = (0.25, 0.75)  # length of such a piece, as a share of the segment over the pieces
FRAGMENT = (0.1, 0.3)  # seconds


def halves(n: int, samples: int, rate: float, rng: np.random.Generator) -> Mask:
    """Return the second half: 50/50."""
    return _between(samples, np.full(n, samples / 2), np.full(n, samples))


def quarter(n: int, samples: int, rate: float, rng: np.random.Generator) -> Mask:
    """Return the last quarter: 75/25."""
    return _between(samples, np.full(n, (1 - QUARTER) * samples), np.full(n, samples))


def quarter_inside(n: int, samples: int, rate: float, rng: np.random.Generator) -> Mask:
    """Return a quarter in the middle."""
    start = np.full(n, (1 - QUARTER) / 2 * samples)
    return _between(samples, start, start + QUARTER * samples)


def insert(n: int, samples: int, rate: float, rng: np.random.Generator) -> Mask:
    """Return one piece of random length at a random place, inside the segment."""
    length = rng.uniform(*INSERTED, n) * samples
    return _between(samples, *_placed(rng, length, samples))


def insert_many(n: int, samples: int, rate: float, rng: np.random.Generator) -> Mask:
    """Return several pieces, each in an equal share of the segment."""
    count = rng.integers(PIECES[0], PIECES[1] + 1, n)
    mask = np.zeros((n, samples), bool)
    for piece in range(PIECES[1]):
        slot = samples / count
        length = rng.uniform(*SHARE_OF_SLOT, n) * slot
        start, stop = _placed(rng, length, slot)
        used = piece < count
        mask |= used[:, None] & _between(samples, piece * slot + start, piece * slot + stop)
    return mask


def interleave(n: int, samples: int, rate: float, rng: np.random.Generator) -> Mask:
    """Return every second one of the fragments, which have random lengths."""
    low, high = (seconds * rate for seconds in FRAGMENT)
    lengths = rng.uniform(low, high, (n, int(np.ceil(samples / low)) + 1))
    own_first = rng.integers(0, 2, (n, 1))
    edges = np.cumsum(lengths, axis=1)
    time = np.arange(samples)
    fragment = np.stack([np.searchsorted(row, time, side="right") for row in edges])
    mask: Mask = (fragment + own_first) % 2 == 1
    return mask


MASKS: dict[str, MaskOf] = {
    "halves": halves,
    "quarter": quarter,
    "quarter_inside": quarter_inside,
    "insert": insert,
    "insert_many": insert_many,
    "interleave": interleave,
}


def _placed(
    rng: np.random.Generator, length: NDArray[np.float64], within: float | NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return start and stop of pieces at random places that do not touch the ends."""
    start = rng.uniform(0.05, 0.95, len(length)) * (within - length)
    return start, start + length


def _between(samples: int, start: NDArray[np.float64], stop: NDArray[np.float64]) -> Mask:
    time = np.arange(samples)
    first, last = np.floor(start + 0.5)[:, None], np.floor(stop + 0.5)[:, None]
    mask: Mask = (time >= first) & (time < last)
    return mask
