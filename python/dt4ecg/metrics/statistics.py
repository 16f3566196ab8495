"""Confidence intervals."""

import math
from statistics import NormalDist


def wilson_interval(k: float, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the Wilson score interval of a proportion.

    With p = k / n and z the normal quantile of (1 + confidence) / 2, the bounds are

    (p + z^2 / (2 n) -+ z sqrt(p (1 - p) / n + z^2 / (4 n^2))) / (1 + z^2 / n).

    Parameters
    ----------
    k : float
        Number of successes, 0 <= k <= n. It may be a fraction, such as a rate times `n`.
    n : int
        Number of independent trials, above 0.
    confidence : float, default 0.95
        Coverage of the interval, between 0 and 1.

    Returns
    -------
    (float, float)
        Lower and upper bound, both in [0, 1].

    Raises
    ------
    ValueError
        Unless 0 <= k <= n, n > 0 and 0 < confidence < 1.

    Notes
    -----
    Unlike the normal approximation, the interval stays inside [0, 1] and has a width above 0 for
    k = 0 and k = n. It assumes independent trials. Segments of one recording are not independent,
    so the interval of their accuracy is too narrow.

    References
    ----------
    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal
    of the American Statistical Association 22:209-212, 1927.

    Examples
    --------
    >>> from dt4ecg.metrics import wilson_interval
    >>> low, high = wilson_interval(90, 100)
    >>> print(f"{low:.3f} to {high:.3f}")
    0.826 to 0.945
    """
    if not (0 <= k <= n and n > 0 and 0 < confidence < 1):
        raise ValueError(
            "wilson_interval: needs 0 <= k <= n, n > 0 and 0 < confidence < 1, got "
            f"k={k}, n={n}, confidence={confidence}"
        )
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    proportion = k / n
    centre = proportion + z * z / (2 * n)
    half = z * math.sqrt(proportion * (1 - proportion) / n + z * z / (4 * n * n))
    low, high = (centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)
    return (0.0 if k == 0 else low), (1.0 if k == n else high)
