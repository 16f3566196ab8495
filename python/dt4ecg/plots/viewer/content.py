"""The signals and ribbons of a recording that the viewer shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dt4ecg.plots.viewer.ribbons import Stretch, merged

if TYPE_CHECKING:
    from dt4ecg.io import Recording
    from dt4ecg.signal.preprocessor import Preprocessor


@dataclass(frozen=True, eq=False)
class Content:
    """The signals and ribbons that the viewer shows of one lead.

    Attributes
    ----------
    raw, filtered : float array (T,)
        Lost samples are NaN. A gap is a NaN in place of the sample after it.
    rate : float
    ribbons : dict of str to list of Stretch
        By their titles, from top to bottom.
    """

    raw: NDArray[np.float64]
    filtered: NDArray[np.float64]
    rate: float
    ribbons: dict[str, list[Stretch]]


def content(
    recording: Recording, model: Any, preprocessor: Preprocessor, lead: int, quality: bool
) -> Content:
    """Filter one lead and collect labels, predictions and quality."""
    raw = recording.samples[lead].astype(np.float64)
    raw[~np.isfinite(raw)] = np.nan
    return Content(
        raw=_with_gaps(raw, recording),
        filtered=_with_gaps(_filtered(raw, recording, preprocessor), recording),
        rate=recording.sampling_rate,
        ribbons=_ribbons(recording, model, preprocessor, quality),
    )


def _filtered(
    raw: NDArray[np.float64], recording: Recording, preprocessor: Preprocessor
) -> NDArray[np.float64]:
    """Filter each piece between gaps; lost samples are bridged for the filters."""
    from dt4ecg.plots.signals import filters

    found = np.full_like(raw, np.nan)
    for piece in np.split(np.arange(len(raw)), recording.gaps):
        x = raw[piece]
        known = np.isfinite(x)
        if not known.any():
            continue
        bridged = np.interp(piece, piece[known], x[known])
        steps = [x for _, x in filters(bridged, recording.sampling_rate, preprocessor)]
        found[piece[known]] = (steps or [bridged])[-1][known]
    return found


def _with_gaps(samples: NDArray[np.float64], recording: Recording) -> NDArray[np.float64]:
    broken = samples.copy()
    broken[list(recording.gaps)] = np.nan
    return broken


def _ribbons(
    recording: Recording, model: Any, preprocessor: Preprocessor, quality: bool
) -> dict[str, list[Stretch]]:
    found: dict[str, list[Stretch]] = {}
    if recording.activity is not None:
        found["activity"] = [Stretch(0.0, recording.seconds, str(recording.activity))]
    for interval in recording.labels:
        stretch = Stretch(interval.start, interval.stop, str(interval.label))
        found.setdefault(interval.task, []).append(stretch)
    if model is not None:
        predicted = model.predict_recording(recording)
        columns = predicted.labels.reshape(len(predicted.starts), len(predicted.tasks)).T
        seconds = model.preprocessor.segment_seconds  # the model cuts with its own preprocessor
        for task, labels in zip(predicted.tasks, columns, strict=True):
            found[f"{task}, predicted"] = merged(predicted.starts, seconds, labels)
        if quality:
            found["quality"] = _usable(predicted.starts, seconds, predicted.usable)
    elif quality:
        segmented = preprocessor.segment(recording)
        found["quality"] = _usable(
            segmented.starts, preprocessor.segment_seconds, segmented.quality.usable
        )
    return found


def _usable(
    starts: NDArray[np.float64], seconds: float, usable: NDArray[np.bool_]
) -> list[Stretch]:
    return merged(starts, seconds, np.where(usable, "usable", "unusable"))
