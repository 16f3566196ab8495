"""Intervals of a measured proportion."""

import math
from statistics import NormalDist


def wilson_interval(k: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson score interval of a share of k in n (Wilson, JASA 22:209, 1927).

    Unlike the normal approximation it stays inside [0, 1] and is no point at k = n.

    Raises
    ------
    ValueError
        Unless 0 <= k <= n, n > 0 and 0 < confidence < 1.
    """
    if not (0 <= k <= n and n > 0 and 0 < confidence < 1):
        raise ValueError(
            "wilson_interval: needs 0 <= k <= n, n > 0 and 0 < confidence < 1, got "
            f"k={k}, n={n}, confidence={confidence}"
        )
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = k / n
    centre = share + z * z / (2 * n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low, high = (centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)
    return (0.0 if k == 0 else low), (1.0 if k == n else high)
