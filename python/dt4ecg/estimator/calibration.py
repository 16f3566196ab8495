"""The temperatures of a calibrated classifier, and how one is found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

from dt4ecg._common.wording import counted

_LOG_RANGE = (-4.0, 4.0)  # of a temperature: from 1/55 to 55


@dataclass(frozen=True, eq=False)
class Calibration:
    """The result of :meth:`dt4ecg.DT4ECGClassifier.calibrate` on held-out segments.

    Parameters
    ----------
    temperatures : dict of str to float
        The divisor of the logits of each task. Above 1, it lowers the confidence.
    true_probabilities : dict of str to array (n,), default {}
        For each task, the calibrated probabilities of the true classes of the held-out segments, in
        ascending order. The sets of :meth:`dt4ecg.DT4ECGClassifier.predict_set` need them.

    Examples
    --------
    >>> from dt4ecg.estimator import Calibration
    >>> Calibration({"identity": 1.8}).temperatures["identity"]
    1.8
    """

    temperatures: Mapping[str, float]
    true_probabilities: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return the content as plain data, for the model file.

        Examples
        --------
        >>> from dt4ecg.estimator import Calibration
        >>> Calibration({"identity": 1.8}).to_dict()
        {'identity': {'temperature': 1.8, 'true_probabilities': []}}
        """
        return {
            task: {
                "temperature": float(temperature),
                "true_probabilities": np.asarray(self.true_probabilities.get(task, ())).tolist(),
            }
            for task, temperature in self.temperatures.items()
        }

    def __repr__(self) -> str:
        tasks = []
        for task, temperature in self.temperatures.items():
            n = len(self.true_probabilities.get(task, ()))
            segments = counted(n, "held-out segment") if n else "without held-out segments"
            tasks.append(f"{task}: temperature {temperature:.3g}, {segments}")
        return f"Calibration({'; '.join(tasks)})"

    @classmethod
    def from_dict(cls, content: Mapping[str, Mapping[str, Any]]) -> Calibration:
        """Return the calibration of such plain data.

        Examples
        --------
        >>> from dt4ecg.estimator import Calibration
        >>> Calibration.from_dict({"identity": {"temperature": 2.0, "true_probabilities": []}})
        Calibration(identity: temperature 2, without held-out segments)
        """
        return cls(
            {task: float(entry["temperature"]) for task, entry in content.items()},
            {
                task: np.array(entry["true_probabilities"], np.float64)
                for task, entry in content.items()
                if entry["true_probabilities"]
            },
        )


def fit_temperature(logits: ArrayLike, truth: ArrayLike) -> float:
    """Return the temperature of the smallest mean negative log-likelihood.

    Parameters
    ----------
    logits : array-like (n, classes)
    truth : array-like of int (n,)
        Index of the true class of each row.

    Returns
    -------
    temperature : float
        From 1/55 to 55. Logits that are always right want 0, and get the lowest value.

    Notes
    -----
    The likelihood is a concave function of the inverse temperature, so the minimum is unique.

    References
    ----------
    C. Guo et al., "On calibration of modern neural networks", ICML 2017, section 4.2.

    Examples
    --------
    >>> from dt4ecg.estimator.calibration import fit_temperature
    >>> logits = [[2.0, 0.0]] * 4  # right in three of four rows: ln 3 = 1.0986 is the best logit
    >>> round(fit_temperature(logits, [0, 0, 0, 1]), 4)
    1.8205
    """
    values, index = np.asarray(logits, np.float64), np.asarray(truth)
    rows = np.arange(len(index))

    def loss(log_temperature: float) -> float:
        scaled = log_softmax(values / np.exp(log_temperature), axis=1)
        return float(-scaled[rows, index].mean())

    found = minimize_scalar(loss, bounds=_LOG_RANGE, method="bounded", options={"xatol": 1e-6})
    return float(np.exp(found.x))


def softmax_of(
    logits: torch.Tensor, calibration: Calibration | None, task: str
) -> NDArray[np.float32]:
    """Return the probabilities of logits (n, classes), divided by the temperature of the task.

    Examples
    --------
    >>> import torch
    >>> from dt4ecg.estimator.calibration import Calibration, softmax_of
    >>> softmax_of(torch.tensor([[2.0, 0.0]]), Calibration({"identity": 4.0}), "identity").round(2)
    array([[0.62, 0.38]], dtype=float32)
    """
    temperature = 1.0 if calibration is None else calibration.temperatures.get(task, 1.0)
    found: NDArray[np.float32] = torch.softmax(logits / temperature, 1).numpy()
    return found
