"""All error rates of verification in one result, with a bootstrap over people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dt4ecg._common.nested import as_array
from dt4ecg._common.numbers import real
from dt4ecg._common.tables import frame, html_facts
from dt4ecg._common.wording import counted
from dt4ecg.metrics.pairs import (
    Numbers,
    RankedPairs,
    as_pairs,
    pair_weights,
    percentile_interval,
    require_rate,
    resampled_people,
)
from dt4ecg.metrics.verification import DetCurve, accepted_at, crossing, det_curve

if TYPE_CHECKING:
    import pandas

FALSE_ACCEPT_RATES = (0.01, 0.001)


@dataclass(frozen=True, eq=False)
class VerificationCurves:
    """Error rates of verification over pairs of signals.

    Attributes
    ----------
    n_same, n_different : int
        Numbers of pairs of one person and of different people.
    n_people : int or None
        Number of people on both sides of the pairs; None if they were not named.
    equal_error_rate : float
        As :func:`equal_error_rate`.
    equal_error_interval : (float, float) or None
        Bootstrap interval over people; None if they were not named.
    true_accept_rates : dict of float to float
        As :func:`true_accept_rate`, by the false accept rate.
    true_accept_intervals : dict of float to (float, float)
        Bootstrap intervals over people by the false accept rate; empty without people.
    curve : DetCurve
        Both error rates at each threshold.

    See Also
    --------
    curves : Makes this result.

    Examples
    --------
    >>> from dt4ecg.biometrics import curves
    >>> found = curves([0.9, 0.8, 0.7, 0.1], [True, True, False, False], false_accept_rates=[0.5])
    >>> found.equal_error_rate, found.true_accept_rates
    (0.0, {0.5: 1.0})
    """

    n_same: int
    n_different: int
    n_people: int | None
    equal_error_rate: float
    equal_error_interval: tuple[float, float] | None
    true_accept_rates: Mapping[float, float]
    true_accept_intervals: Mapping[float, tuple[float, float]]
    curve: DetCurve

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers without the curve, for JSON.

        Examples
        --------
        >>> from dt4ecg.biometrics import curves
        >>> found = curves([0.9, 0.1], [True, False], false_accept_rates=[0.5])
        >>> found.to_dict()["true_accept_rates"]
        {'0.5': 1.0}
        """
        interval = self.equal_error_interval
        return {
            "n_same": self.n_same,
            "n_different": self.n_different,
            "n_people": self.n_people,
            "equal_error_rate": self.equal_error_rate,
            "equal_error_interval": None if interval is None else list(interval),
            "true_accept_rates": {f"{far:g}": r for far, r in self.true_accept_rates.items()},
            "true_accept_intervals": {
                f"{far:g}": list(ends) for far, ends in self.true_accept_intervals.items()
            },
        }

    def to_frame(self) -> pandas.DataFrame:
        """Return the points of the curve as a data frame.

        Raises
        ------
        ImportError
            If pandas is not installed.

        Examples
        --------
        >>> from dt4ecg.biometrics import curves
        >>> found = curves([0.9, 0.1], [True, False], false_accept_rates=[])
        >>> found.to_frame().columns.tolist()
        ['threshold', 'false_accept_rate', 'false_reject_rate']
        """
        return frame(
            {
                "threshold": self.curve.thresholds,
                "false_accept_rate": self.curve.false_accept_rates,
                "false_reject_rate": self.curve.false_reject_rates,
            }
        )

    def _facts(self) -> dict[str, str]:
        def shown(rate: float, ends: tuple[float, float] | None) -> str:
            return f"{rate:.3f}" + (f" ({ends[0]:.3f} to {ends[1]:.3f})" if ends else "")

        facts = {"equal error rate": shown(self.equal_error_rate, self.equal_error_interval)}
        for far, rate in self.true_accept_rates.items():
            facts[f"true accepts at {far:g} false accepts"] = shown(
                rate, self.true_accept_intervals.get(far)
            )
        return facts

    def _title(self) -> str:
        people = (
            "" if self.n_people is None else f" among {counted(self.n_people, 'person', 'people')}"
        )
        return (
            f"{counted(self.n_same, 'pair')} of one person and {self.n_different} of different "
            f"people{people}"
        )

    def _repr_html_(self) -> str:
        return html_facts(self._title(), self._facts())

    def __str__(self) -> str:
        return "\n".join([self._title(), *(f"  {k}: {v}" for k, v in self._facts().items())])


def curves(
    scores: ArrayLike,
    same: ArrayLike,
    people: ArrayLike | None = None,
    false_accept_rates: Sequence[float] = FALSE_ACCEPT_RATES,
    n_resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> VerificationCurves:
    """Return all error rates of verification over pairs of signals.

    Parameters
    ----------
    scores : array-like of shape (pairs,)
        Similarity of each pair; larger means more similar.
    same : array-like of bool of shape (pairs,)
        Whether both sides of each pair are from one person.
    people : array-like of shape (pairs, 2), optional
        The person on each side of each pair. With it, the rates have bootstrap intervals.
    false_accept_rates : sequence of float, default (0.01, 0.001)
        The false accept rates at which to give true accept rates.
    n_resamples : int, default 1000
        Number of bootstrap samples.
    confidence : float, default 0.95
        Coverage of the intervals, between 0 and 1.
    seed : int, default 0
        Seed of the bootstrap.

    Returns
    -------
    VerificationCurves
        The rates, their intervals, and the curve.

    Raises
    ------
    ValueError
        If scores are not finite, the shapes differ, all pairs are of one kind, a rate or the
        confidence is not between 0 and 1, or `people` contradicts `same`.

    See Also
    --------
    identification_rate : The rate of finding a person among all enrolled ones.

    Notes
    -----
    Pairs are not independent: each person is in many of them. A bootstrap sample draws people with
    replacement for both sides of the pairs. If a person is drawn w times, the pairs of this person
    count w times, and the pairs of two people count by the product of their numbers. A sample
    without pairs of one kind is left out; if there is no other, the interval is (0, 1). With fewer
    than about 20 people the percentile intervals are too narrow. Below a false accept rate of
    1 / `n_different`, the true accept rate is that without a false accept.

    References
    ----------
    R. Fogliato, P. Patil, P. Perona, "Confidence intervals for error rates in 1:1 matching tasks",
    International Journal of Computer Vision 132, 2024 (vertex bootstrap).

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.biometrics import curves
    >>> people = np.array([[a, b] for a in range(8) for b in range(8)])
    >>> same = people[:, 0] == people[:, 1]
    >>> scores = np.random.default_rng(0).normal(size=64) + 3 * same
    >>> print(curves(scores, same, people, false_accept_rates=[0.1]))
    8 pairs of one person and 56 of different people among 8 people
      equal error rate: 0.054 (0.000 to 0.167)
      true accepts at 0.1 false accepts: 1.000 (0.625 to 1.000)
    """
    checked, kinds = as_pairs("curves", scores, same)
    limits = [require_rate("curves", "a false accept rate", far) for far in false_accept_rates]
    coverage = real(confidence)
    if not 0 < coverage < 1:
        raise ValueError(f"curves: confidence must be between 0 and 1, got {confidence!r}")
    curve = det_curve(checked, kinds)
    point = _statistics(curve.false_accept_rates, curve.false_reject_rates, limits)
    n_people, intervals = None, None
    if people is not None:
        sides, n_people = _sides(people, kinds)
        draws = resampled_people("curves", n_people, n_resamples, seed)
        found = _resampled(RankedPairs(checked, kinds), draws, sides, kinds, limits)
        intervals = percentile_interval(found, coverage) or [(0.0, 1.0)] * len(point)
    return VerificationCurves(
        n_same=int(kinds.sum()),
        n_different=int((~kinds).sum()),
        n_people=n_people,
        equal_error_rate=float(point[0]),
        equal_error_interval=None if intervals is None else intervals[0],
        true_accept_rates=dict(zip(limits, point[1:].tolist(), strict=True)),
        true_accept_intervals=dict(zip(limits, intervals[1:], strict=True)) if intervals else {},
        curve=curve,
    )


def _statistics(far: Numbers, frr: Numbers, limits: Sequence[float]) -> Numbers:
    return np.array([crossing(far, frr), *(accepted_at(far, frr, limit) for limit in limits)])


def _resampled(
    ranked: RankedPairs,
    draws: Iterator[NDArray[np.int64]],
    sides: NDArray[np.int64],
    same: NDArray[np.bool_],
    limits: Sequence[float],
) -> Iterator[Numbers]:
    for counts in draws:
        rates = ranked.rates(pair_weights(counts, sides, same))
        if rates is not None:
            yield _statistics(*rates, limits)


def _sides(people: ArrayLike, same: NDArray[np.bool_]) -> tuple[NDArray[np.int64], int]:
    """Return the index of the person on each side of each pair, and the number of people."""
    names = as_array("curves: people", people)
    if names.shape != (len(same), 2):
        raise ValueError(
            f"curves: people must name both sides of each pair, with the shape ({len(same)}, 2), "
            f"got {names.shape}"
        )
    known, index = np.unique(names, return_inverse=True)
    sides = index.reshape(names.shape)
    wrong = int(((sides[:, 0] == sides[:, 1]) != same).sum())
    if wrong:
        raise ValueError(
            f"curves: people contradicts same in {wrong} of {len(same)} pairs; pass "
            "same = people[:, 0] == people[:, 1]"
        )
    return sides, len(known)
