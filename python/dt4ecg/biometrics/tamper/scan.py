"""The result of a detector for one recording."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common.wording import counted


@dataclass(frozen=True, eq=False)
class Scan:
    """The segments of a recording, and how probable it is that each was tampered with.

    Attributes
    ----------
    starts : float64 array (n,)
        Start of each segment in seconds.
    probabilities : float64 array (n,)
        Probability of tampering, for equal shares of clean and tampered segments; NaN where a
        segment is not usable.
    usable : bool array (n,)
        Whether the segment looks like an ECG.

    See Also
    --------
    TamperDetector.scan : Returns it.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.biometrics.tamper import Scan
    >>> Scan(np.array([0.0, 3.0]), np.array([0.9, np.nan]), np.array([True, False])).alarms(0.5)
    array([ True, False])
    """

    starts: NDArray[np.float64]
    probabilities: NDArray[np.float64]
    usable: NDArray[np.bool_]

    def __repr__(self) -> str:
        known = self.probabilities[~np.isnan(self.probabilities)]
        largest = f", largest probability {known.max():.2f}" if known.size else ""
        n_usable = int(np.count_nonzero(self.usable))
        return f"Scan({counted(len(self.starts), 'segment')}, {n_usable} usable{largest})"

    def alarms(self, threshold: float = 0.5) -> NDArray[np.bool_]:
        """Return where the probability is above a threshold.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg.biometrics.tamper import Scan
        >>> Scan(np.zeros(1), np.array([0.4]), np.ones(1, bool)).alarms(0.3)
        array([ True])
        """
        above: NDArray[np.bool_] = np.nan_to_num(self.probabilities, nan=-1.0) > threshold
        return above
