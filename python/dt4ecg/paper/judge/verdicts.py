"""Verdicts, and the position of a difference relative to a threshold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dt4ecg.paper.judge.comparison import Comparison

HOLDS, FAILS, OPEN = "holds", "does not hold", "inconclusive"
FOLLOWS = "follows from the weights of 0 of Algorithm 1"


@dataclass(frozen=True)
class Finding:
    """The verdict on a claim, and its reasons.

    Attributes
    ----------
    verdict : {"holds", "does not hold", "inconclusive"}
        The verdict.
    numbers : str
        The numbers that the verdict depends on.
    missing : str, default ""
        The reason if numbers are missing.
    follows : bool, default False
        True if the claim fails only because the weights of Algorithm 1 are 0, which another claim
        already reports.
    """

    verdict: str
    numbers: str
    missing: str = ""
    follows: bool = False

    @property
    def text(self) -> str:
        """Return the reasons as one text."""
        follows = FOLLOWS if self.follows else ""
        return "; ".join(part for part in (follows, self.numbers, self.missing) if part)


class InconclusiveError(Exception):
    """A claim cannot be judged; the text is the reason."""


def side(comparison: Comparison, threshold: float) -> str:
    """Return whether a difference is above a threshold.

    Parameters
    ----------
    comparison : Comparison
        The difference and its intervals.
    threshold : float
        As a fraction.

    Returns
    -------
    str
        ``HOLDS`` if the whole 95 % interval is above the threshold. ``FAILS`` if the whole
        corrected interval is at most at the threshold. ``OPEN`` otherwise.

    Notes
    -----
    A threshold is at a ceiling if even a first model without an error would not be clearly above
    it. Then the difference fails only if the corrected interval is also below 0.
    """
    if comparison.interval[0] > threshold:
        return HOLDS
    high = comparison.corrected[1]
    at_ceiling = comparison.without_error[0] <= threshold
    refuted = high < min(threshold, 0) if at_ceiling else high <= threshold
    return FAILS if refuted else OPEN


def excused(comparison: Comparison, threshold: float) -> bool:
    """Return whether only a ceiling prevents the difference from failing."""
    return comparison.corrected[1] <= threshold and side(comparison, threshold) == OPEN


def outside(interval: tuple[float, float], margin: float) -> bool:
    """Return whether the whole interval is outside -margin to +margin.

    Examples
    --------
    >>> outside((0.02, 0.03), margin=0.01), outside((-0.02, 0.03), margin=0.01)
    (True, False)
    """
    return interval[0] > margin or interval[1] < -margin


def together(verdicts: Sequence[str]) -> str:
    """Return the verdict on a claim from the verdicts on its parts, all of which must hold.

    Examples
    --------
    >>> together([HOLDS, OPEN]), together([HOLDS, OPEN, FAILS])
    ('inconclusive', 'does not hold')
    """
    if FAILS in verdicts:
        return FAILS
    return OPEN if OPEN in verdicts else HOLDS


def by_seed(true: np.ndarray) -> str:
    """Return the verdict from one truth value per seed: all, none, or some.

    Examples
    --------
    >>> import numpy as np
    >>> by_seed(np.array([True, True])), by_seed(np.array([True, False]))
    ('holds', 'inconclusive')
    """
    if true.all():
        return HOLDS
    return OPEN if true.any() else FAILS
