"""Put the leads of a recording into a known order, by their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dt4ecg.io.lead_names import standard_name
from dt4ecg.io.recording import Recording


def lead_keys(names: Sequence[str]) -> tuple[str, ...]:
    """Return names for comparison; empty if they do not identify the leads.

    ``"ECG lead II"`` is ``"ii"``. A single lead with a general name, such as ``"ECG"``, may be any.
    """
    keys = tuple(standard_name(name) or name.strip().casefold() for name in names)
    if len(names) == 1 and not standard_name(names[0]):
        return ()
    return keys if all(keys) and len(set(keys)) == len(keys) else ()


def in_lead_order(recording: Recording, names: Sequence[str]) -> Recording:
    """Return a recording with the leads of these names, in their order.

    The recording is returned as it is if its names, or ``names``, do not identify the leads.

    Raises
    ------
    ValueError
        If the recording has no lead of one of the names.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.io import Recording
    >>> from dt4ecg.io.lead_order import in_lead_order
    >>> recording = Recording(np.arange(18).reshape(2, 9), 3.0, lead_names=("ECG II", "ECG I"))
    >>> in_lead_order(recording, ["I", "II"]).samples[:, 0].tolist()
    [9, 0]
    """
    wanted, found = lead_keys(names), lead_keys(recording.lead_names)
    if not wanted or not found or wanted == found:
        return recording
    missing = [name for name, key in zip(names, wanted, strict=True) if key not in found]
    if missing:
        raise ValueError(
            f"{recording.name or 'recording'}: it has the leads {', '.join(recording.lead_names)}, "
            f"but needs {', '.join(names)}; read these leads, or, if they are the same under other "
            "names, rename them"
        )
    return take_leads(recording, [found.index(key) for key in wanted])


def take_leads(recording: Recording, places: Sequence[int]) -> Recording:
    """Return a recording with the leads at some places, and their names and units if known."""
    names, units = recording.lead_names, recording.units
    return replace(
        recording,
        samples=recording.samples[list(places)],
        lead_names=tuple(names[place] for place in places) if names else (),
        units=tuple(units[place] for place in places) if units else (),
    )
