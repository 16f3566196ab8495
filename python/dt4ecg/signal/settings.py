"""The settings of a preprocessor: parameters, fitted limits, and their conversion."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from dt4ecg import _core
from dt4ecg._common.defaults import (
    HIGHPASS_CUTOFF,
    HIGHPASS_ORDER,
    MAINS_FREQUENCY,
    MAX_INTERPOLATE_SECONDS,
    NOTCH_QUALITY,
    SEGMENT_SECONDS,
)
from dt4ecg._common.numbers import integer, number
from dt4ecg.signal.filters import HIGHEST_ORDER

NAN_POLICIES = ("interpolate", "drop", "raise")
NORMALIZATIONS = ("zscore", "segment", "record", "training", None)

_Self = TypeVar("_Self", bound="PreprocessorSettings")


class PreprocessorSettings:
    """The parameters of :class:`dt4ecg.Preprocessor`, which documents them."""

    limits_: NDArray[np.float64]
    lead_names_: tuple[str, ...] = ()

    def __init__(
        self,
        target_rate: float | None = 100,
        highpass: float | None = HIGHPASS_CUTOFF,
        notch: float | None = MAINS_FREQUENCY,
        normalize: str | None = "zscore",
        segment_seconds: float = SEGMENT_SECONDS,
        overlap: float = 0.0,
        zero_phase: bool = True,
        nan: str = "interpolate",
        sampling_rate: float | None = None,
        highpass_order: int = HIGHPASS_ORDER,
        notch_quality: float = NOTCH_QUALITY,
        settle: bool = True,
        max_interpolate_seconds: float = MAX_INTERPOLATE_SECONDS,
        find_lost: bool = True,
    ) -> None:
        self.target_rate = target_rate
        self.highpass = highpass
        self.notch = notch
        self.normalize = normalize
        self.segment_seconds = segment_seconds
        self.overlap = overlap
        self.zero_phase = zero_phase
        self.nan = nan
        self.sampling_rate = sampling_rate
        self.highpass_order = highpass_order
        self.notch_quality = notch_quality
        self.settle = settle
        self.max_interpolate_seconds = max_interpolate_seconds
        self.find_lost = find_lost

    @classmethod
    def paper(cls: type[_Self], **settings: Any) -> _Self:
        """Return the preprocessing of the paper, with which its results were reproduced.

        Parameters
        ----------
        **settings
            Other parameters of the constructor, or other values for the four below.

        Returns
        -------
        Preprocessor
            With ``normalize="record"``, SciPy's padding (``settle=False``), and an error for lost
            samples (``nan="raise"``, ``find_lost=False``).

        Examples
        --------
        >>> from dt4ecg import Preprocessor
        >>> Preprocessor.paper(notch=50)
        Preprocessor(notch=50, normalize='record', nan='raise', settle=False, find_lost=False)
        """
        paper = {"normalize": "record", "nan": "raise", "settle": False, "find_lost": False}
        return cls(**{**paper, **settings})

    def at_mains(self: _Self, frequency: float | None) -> _Self:
        """Return a copy whose notch, if there is one, is at another mains frequency.

        Fitted limits are kept, so that segments stay on the scale on which a network was trained.

        Parameters
        ----------
        frequency : float or None
            Mains frequency in Hz; None leaves the notch out, for recordings without interference.

        Examples
        --------
        >>> from dt4ecg import Preprocessor
        >>> Preprocessor().at_mains(50)
        Preprocessor(notch=50)
        >>> Preprocessor(notch=None).at_mains(50)
        Preprocessor(notch=None)
        """
        other = copy.deepcopy(self)
        return other if self.notch is None else other.set_params(notch=frequency)

    def to_dict(self) -> dict[str, Any]:
        """Return the settings and the fitted limits as values that JSON can hold.

        Examples
        --------
        >>> from dt4ecg import Preprocessor
        >>> settings = Preprocessor(notch=50).to_dict()
        >>> settings["notch"], settings["limits"]
        (50, None)
        >>> Preprocessor.from_dict(settings)
        Preprocessor(notch=50)
        """
        limits = [[float(low), float(high)] for low, high in getattr(self, "limits_", ())]
        settings = {
            name: value.item() if isinstance(value, np.generic) else value
            for name, value in self.get_params().items()
        }
        names = {"lead_names": list(self.lead_names_)} if self.lead_names_ else {}
        return {**settings, "limits": limits or None, **names}

    @classmethod
    def from_dict(cls: type[_Self], settings: Mapping[str, Any]) -> _Self:
        """Return the preprocessor that :meth:`to_dict` described.

        A description that version 0.1.0 wrote has no ``settle``; it gives a preprocessor with
        ``settle=False``, as in that version.

        Raises
        ------
        ValueError, TypeError
            If a setting is unknown or not legal.

        Examples
        --------
        >>> from dt4ecg import Preprocessor
        >>> Preprocessor.from_dict({"notch": None})
        Preprocessor(notch=None)
        """
        known = dict(settings)
        if "limits" in known:  # the complete description of a model file
            known.setdefault("settle", False)
        limits, names = known.pop("limits", None), known.pop("lead_names", ())
        if not all(isinstance(name, str) for name in names):
            raise ValueError(f"lead_names: must be texts, got {names}")
        preprocessor = cls().set_params(**known)
        preprocessor.lead_names_ = tuple(names)
        preprocessor._settings(limits=[(0.0, 1.0)])  # checks the values
        if limits is not None:
            fitted = np.array(limits, dtype=np.float64)
            if fitted.ndim != 2 or fitted.shape[1] != 2 or not np.isfinite(fitted).all():
                raise ValueError(f"limits: expects one finite [low, high] per lead, got {limits}")
            preprocessor.limits_ = fitted
        return preprocessor

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters of the constructor, as scikit-learn requires.

        Examples
        --------
        >>> from dt4ecg import Preprocessor
        >>> Preprocessor().get_params()["segment_seconds"]
        3.0
        """
        return {name: getattr(self, name) for name in _PARAMETERS}

    def set_params(self: _Self, **parameters: Any) -> _Self:
        """Change parameters by name, as scikit-learn requires, and return this object.

        Raises
        ------
        ValueError
            If a name is unknown.

        Examples
        --------
        >>> from dt4ecg import Preprocessor
        >>> Preprocessor().set_params(notch=50)
        Preprocessor(notch=50)
        """
        for name, value in parameters.items():
            if name not in _PARAMETERS:
                raise ValueError(
                    f"Preprocessor: no setting {name!r}; there are {', '.join(_PARAMETERS)}"
                )
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        changed = ", ".join(
            f"{name}={value!r}"
            for name, value in self.get_params().items()
            if value != _PARAMETERS[name].default
        )
        return f"Preprocessor({changed})"

    def _rate(self, sampling_rate: float | None) -> float:
        rate = self.sampling_rate if sampling_rate is None else sampling_rate
        if rate is None:
            raise ValueError(
                "sampling_rate: needed in Hz; pass it here or to Preprocessor(sampling_rate=...)"
            )
        return number("sampling_rate", rate)

    def _settings(
        self, limits: Sequence[tuple[float, float]] | None = None
    ) -> _core.signal.Settings:
        if self.normalize not in NORMALIZATIONS:
            raise ValueError(f"normalize: must be one of {NORMALIZATIONS}, got {self.normalize!r}")
        if self.nan not in NAN_POLICIES:
            raise ValueError(f"nan: must be one of {NAN_POLICIES}, got {self.nan!r}")
        if self.normalize == "training" and limits is None:
            if not hasattr(self, "limits_"):
                raise ValueError(
                    'normalize="training" needs fit(records, sampling_rates) on training '
                    'recordings first; or use normalize="record"'
                )
            limits = [(low, high) for low, high in self.limits_.tolist()]
        settings = _core.signal.Settings()
        settings.target_rate = _optional("target_rate", self.target_rate)
        settings.highpass = _optional("highpass", self.highpass)
        settings.highpass_order = integer(
            "Preprocessor", "highpass_order", self.highpass_order, 1, HIGHEST_ORDER
        )
        settings.notch = _optional("notch", self.notch)
        settings.notch_quality = number("notch_quality", self.notch_quality)
        settings.normalization = _core.signal.Normalization[self.normalize or "none"]
        settings.segment_seconds = number("segment_seconds", self.segment_seconds)
        settings.overlap = number("overlap", self.overlap)
        settings.zero_phase = bool(self.zero_phase)
        settings.non_finite = _core.signal.NonFinite["raise_" if self.nan == "raise" else self.nan]
        settings.settle = bool(self.settle)
        settings.max_interpolate_seconds = number(
            "max_interpolate_seconds", self.max_interpolate_seconds
        )
        settings.find_lost = bool(self.find_lost)
        settings.limits = limits or ()
        return settings


_PARAMETERS = dict(inspect.signature(PreprocessorSettings).parameters)


def _optional(name: str, value: Any) -> float | None:
    return None if value is None else number(name, value)
