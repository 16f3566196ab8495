"""Convert recordings, sampling rates and gaps to the form that the core takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common.arrays import to_numpy
from dt4ecg._common.limits import MAX_LEADS
from dt4ecg._common.numbers import number
from dt4ecg.io.recording import Recording


class Input(NamedTuple):
    """One recording: samples (leads, T), sampling rate in Hz, and samples that follow a gap."""

    samples: NDArray[Any]
    sampling_rate: float
    gaps: list[int]


def rate_of(operation: str, x: Any, sampling_rate: float | None) -> float | None:
    """Return the sampling rate of a Recording, or else the argument.

    Raises
    ------
    ValueError
        If the argument contradicts the Recording.
    """
    if not isinstance(x, Recording):
        return sampling_rate
    if sampling_rate is not None and number("sampling_rate", sampling_rate) != x.sampling_rate:
        raise ValueError(
            f"{operation}: the recording has {x.sampling_rate:g} Hz, but sampling_rate="
            f"{sampling_rate:g}; leave the argument out"
        )
    return x.sampling_rate


def known_rate_of(operation: str, x: Any, sampling_rate: float | None) -> float:
    """Return the sampling rate of a Recording, or else the argument, which must be given.

    Raises
    ------
    ValueError
        If the rate is unknown or not a finite number, or contradicts the Recording.
    """
    found = rate_of(operation, x, sampling_rate)
    if found is None:
        raise ValueError(
            f"{operation}: the sampling rate is unknown; pass sampling_rate= in Hz, or a "
            "Recording, as dt4ecg.read(FILE) returns"
        )
    return number("sampling_rate", found)


def gaps_of(operation: str, x: Any, gaps: Iterable[int]) -> Iterable[int]:
    """Return the gaps of a Recording, or else the argument.

    Raises
    ------
    ValueError
        If there are both.
    """
    gaps = tuple(gaps)
    if not isinstance(x, Recording):
        return gaps
    if gaps:
        raise ValueError(
            f"{operation}: a Recording has its own gaps, but gaps={gaps[:5]} were passed too; "
            "leave the argument out"
        )
    return x.gaps


def excluded_samples(records: Sequence[Any]) -> dict[int, NDArray[np.bool_]]:
    """Return which samples were left out on request, for the Recordings that have such parts."""
    found = {}
    for i, x in enumerate(records):
        if isinstance(x, Recording) and x.excluded:
            found[i] = np.zeros(x.samples.shape[1], dtype=bool)
            for start, stop in x.excluded:
                found[i][round(start * x.sampling_rate) : round(stop * x.sampling_rate)] = True
    return found


def samples_of(x: Any) -> Any:
    """Return the samples of a Recording, and anything else as it is."""
    return x.samples if isinstance(x, Recording) else x


def with_samples(
    recording: Recording,
    samples: NDArray[Any],
    sampling_rate: float | None = None,
    gaps: tuple[int, ...] | None = None,
) -> Recording:
    """Return a recording with other samples; a simulated one loses its ground truth."""
    facts = {one.name: getattr(recording, one.name) for one in fields(Recording) if one.init}
    facts["samples"] = samples
    facts["gaps"] = recording.gaps if gaps is None else gaps
    if sampling_rate is not None:
        facts["sampling_rate"] = sampling_rate
    return Recording(**facts)


def as_leads(operation: str, x: Any, allow_short: bool = False) -> NDArray[Any]:
    """Return samples of shape (T,) or (leads, T) as (leads, T).

    Parameters
    ----------
    operation : str
        Start of the error text.
    x : array or tensor
    allow_short : bool, default False
        Accept fewer samples than leads, and none at all, as in a chunk of a stream.

    Raises
    ------
    TypeError
        If the samples are not float32, float64 or integers.
    ValueError
        If the shape is another one, or seems to be transposed.
    """
    samples = np.atleast_2d(to_numpy(operation, x, allow_empty=allow_short))
    if samples.ndim > 2:
        raise ValueError(f"{operation}: expects (T,) or (leads, T), got shape {samples.shape}")
    leads, length = samples.shape
    if leads > MAX_LEADS or (leads > length and not allow_short):
        raise ValueError(
            f"{operation}: expects (leads, T) with at most {MAX_LEADS} leads, got shape "
            f"{samples.shape}; transpose it if time comes first"
        )
    return samples


def as_lists(
    records: Sequence[Any],
    sampling_rates: float | Sequence[float] | None,
    gaps: Sequence[Iterable[int]] | None,
) -> tuple[list[Any], list[float | None], list[Iterable[int]]]:
    """Return one sampling rate and one collection of gaps per recording.

    Raises
    ------
    TypeError
        If ``records`` is a single recording.
    ValueError
        If the numbers of recordings, sampling rates and gaps differ.
    """
    if not isinstance(records, (list, tuple)):
        raise TypeError(
            f"records: expects a list of recordings, got {type(records).__name__}; "
            "use transform for a single one"
        )
    if isinstance(sampling_rates, Iterable):
        rates: list[float | None] = list(sampling_rates)
    else:
        rates = [sampling_rates] * len(records)
    before: list[Iterable[int]] = [()] * len(records) if gaps is None else list(gaps)
    if not len(records) == len(rates) == len(before):
        raise ValueError(
            "transform: needs as many sampling rates and lists of gaps as recordings "
            f"({len(records)}), got {len(rates)} and {len(before)}"
        )
    return list(records), rates, before


def core_arguments(
    inputs: Iterable[Input],
) -> tuple[list[NDArray[Any]], list[float], list[list[int]]]:
    """Return the samples, the sampling rates and the gaps of recordings, a list of each."""
    rows = list(inputs)
    return (
        [row.samples for row in rows],
        [row.sampling_rate for row in rows],
        [row.gaps for row in rows],
    )
