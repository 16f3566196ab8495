"""The interface of a comparator: a method of another paper that is fitted to segments."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Predict = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class FitSettings:
    """Settings of a fit, in addition to the training segments.

    Parameters
    ----------
    sampling_rate : float
        Sampling rate of the segments in Hz.
    seed : int
        Seed of all random numbers.
    epochs : int
        Number of passes over the training segments. Methods that do not train by passes ignore it.

    Examples
    --------
    >>> from dt4ecg.paper.comparators import FitSettings
    >>> FitSettings(sampling_rate=100.0, seed=0, epochs=20)
    FitSettings(sampling_rate=100.0, seed=0, epochs=20)
    """

    sampling_rate: float
    seed: int
    epochs: int


Fit = Callable[[np.ndarray, np.ndarray, FitSettings], Predict]


@dataclass(frozen=True)
class Comparator:
    """A method of another paper.

    Parameters
    ----------
    name : str
        Key in ``COMPARATORS`` and in the names of finished cells.
    task : {"identity", "activity"}
        The task that the method solves.
    fit : callable
        ``fit(X, y, settings)`` takes training segments (n, leads, length), their class names (n,)
        and :class:`FitSettings`. It returns ``predict(X)``, which gives class names.
    module : str, default ""
        Import name of an optional package that the method needs.

    Examples
    --------
    >>> from dt4ecg.paper.comparators import COMPARATORS
    >>> COMPARATORS["svm"].task
    'identity'
    """

    name: str
    task: str
    fit: Fit
    module: str = ""

    def missing(self) -> str:
        """Return the command that installs what the method needs.

        Returns
        -------
        str
            Empty if the method can run.

        Examples
        --------
        >>> from dt4ecg.paper.comparators import COMPARATORS
        >>> COMPARATORS["svm"].missing()
        ''
        """
        if self.module and importlib.util.find_spec(self.module) is None:
            return 'pip install "dt4ecg[comparators]"'
        return ""
