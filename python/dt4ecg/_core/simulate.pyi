from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_Signal = NDArray[np.float64]

def cohort(
    *,
    subjects: int,
    activities: Sequence[str],
    seconds: float,
    sampling_rate: float,
    seed: int,
    mains_frequency: float | None,
) -> list[tuple[_Signal, _Signal, _Signal, _Signal]]: ...
