"""Recordings that other packages hold in memory, recognised by their methods."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common.limits import MAX_LEADS
from dt4ecg.io.contents import Event, FileContents, Signal
from dt4ecg.io.frames import from_frame, timing_of_index
from dt4ecg.io.leads import is_ecg_name
from dt4ecg.io.rates import stated_rate
from dt4ecg.io.time_column import rate_of

MNE_INFO = "mne.Info"


def contents_of(source: Any) -> FileContents:
    """Return the signals of an object.

    Parameters
    ----------
    source : object
        An ``mne.io.Raw``, a data frame of pandas or polars, an ``xarray.DataArray``, a tensor, or
        an array of numbers of shape (T,), (leads, T) or (T, 1).

    Raises
    ------
    TypeError
        If the object is of an unknown type.
    ValueError
        If the array has another shape.
    """
    if hasattr(source, "get_data") and hasattr(source, "ch_names") and hasattr(source, "info"):
        return _from_mne(source)
    if hasattr(source, "to_frame") and hasattr(source, "to_numpy"):  # a series
        source = source.to_frame()
    if hasattr(source, "columns") and hasattr(source, "to_numpy"):
        return from_frame(source)
    if hasattr(source, "dims") and hasattr(source, "coords") and hasattr(source, "attrs"):
        return _from_xarray(source)
    if hasattr(source, "detach"):  # a tensor, perhaps on a graph or on another device
        source = source.detach().cpu()
        if "bfloat16" in str(source.dtype):  # unknown to NumPy
            source = source.float()
    try:
        samples = np.asanyarray(source)  # keeps the mask of a masked array
    except (ValueError, TypeError, RuntimeError) as error:
        raise TypeError(f"read: {type(source).__name__} is not a recording ({error})") from error
    return from_array(samples)


def from_array(samples: NDArray[Any]) -> FileContents:
    """Return the rows of an array as signals without names.

    Raises
    ------
    TypeError
        If the array does not hold real numbers.
    ValueError
        If the shape is not (T,), (leads, T) or (T, 1).
    """
    if samples.dtype.kind not in "iuf":
        raise TypeError(
            f"read: samples must be real numbers, got {samples.dtype}; pass an array of numbers of "
            "shape (T,) or (leads, T)"
        )
    if isinstance(samples, np.ma.MaskedArray) and np.ma.is_masked(samples):
        samples = np.where(samples.mask, np.nan, samples.data.astype(np.float64))
    samples = np.asarray(samples, np.float32 if samples.dtype == np.float16 else samples.dtype)
    if samples.ndim == 2 and samples.shape[1] == 1 < samples.shape[0]:
        samples = samples.T
    if samples.ndim not in (1, 2) or samples.size == 0:
        raise ValueError(f"samples must have shape (T,) or (leads, T), got {samples.shape}")
    rows = np.atleast_2d(samples)
    if len(rows) > MAX_LEADS or len(rows) > rows.shape[1]:
        excess = f"more than {MAX_LEADS}" if len(rows) > MAX_LEADS else "more than samples"
        raise ValueError(
            f"shape {samples.shape} means {len(rows)} leads, {excess}; "
            "leads come first in an array and as columns in a text file, so transpose it"
        )
    return FileContents(tuple(Signal(row) for row in rows))


def _from_mne(raw: Any) -> FileContents:
    """Return the channels of an ``mne.io.Raw`` in volts, and its annotations.

    As in MNE, annotations whose text starts with BAD or EDGE and names a boundary mark gaps. The
    samples in other annotations that start with BAD are lost.
    """
    rate, first = float(raw.info["sfreq"]), float(getattr(raw, "first_time", 0.0))
    samples = np.array(raw.get_data(), np.float64)
    events, gaps = [], []
    for note in raw.annotations:
        start, text = float(note["onset"]) - first, str(note["description"])
        if text.lower() in ("bad boundary", "edge boundary", "bad_acq_skip"):
            gaps += [round((start + part) * rate) for part in {0.0, float(note["duration"])}]
        elif text.lower().startswith("bad"):
            stop = start + float(note["duration"])
            samples[:, max(round(start * rate), 0) : max(round(stop * rate), 0)] = np.nan
        else:
            events.append(Event(start, text, float(note["duration"]) or None))
    gaps = sorted({gap for gap in gaps if 0 < gap < samples.shape[1]})
    kinds = raw.get_channel_types()
    names = [
        f"ECG {name}" if kind == "ecg" and not is_ecg_name(name) else str(name)
        for name, kind in zip(raw.ch_names, kinds, strict=True)
    ]
    signals = (
        Signal(row, name, "V", rate, MNE_INFO, tuple(gaps))
        for row, name in zip(samples, names, strict=True)
    )
    return FileContents(tuple(signals), tuple(events), raw.info.get("meas_date"))


def _from_xarray(array: Any) -> FileContents:
    """Return the rows of an ``xarray.DataArray``; its longest dimension is time.

    The coordinate of that dimension is the clock, as the index of a data frame is.
    """
    time = max(array.dims, key=lambda name: array.sizes[name])
    others = [name for name in array.dims if name != time]
    if len(others) > 1:
        raise ValueError(f"an xarray.DataArray must have one or two dimensions, got {array.dims}")
    values = np.atleast_2d(np.asarray(array.transpose(*others, time).values))
    names = (
        [str(name) for name in array.coords[others[0]].values]
        if others and others[0] in array.coords
        else [""] * len(values)
    )
    timing = timing_of_index(np.asarray(array[time].values), time)  # numbers without a coordinate
    rate, source, notes = rate_of(timing, *stated_rate(array.attrs))
    unit = str(array.attrs.get("units", ""))
    rows = zip(from_array(values).signals, names, strict=True)
    gaps = timing.clock.gaps
    return FileContents(
        tuple(Signal(row.samples, name, unit, rate, source, gaps) for row, name in rows),
        notes=tuple(notes),
    )
