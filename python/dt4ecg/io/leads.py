"""Choose the ECG leads among the signals of a file, by name, by unit and by shape."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common.limits import MAX_LEADS
from dt4ecg.io.contents import Signal
from dt4ecg.io.lead_names import MODIFIED, SURFACE, short_name

Leads = int | str | Sequence[int | str]

_CLOCK_SHARE = 0.99  # of the changes of a clock have one sign; its resets have the other
_COUNTER_SHARE = 0.9  # of the changes of a counter are equal, or rise; it wraps at 16 or later
_FEW, _MANY = 16, 100  # fewer distinct values in as many samples are a switch or a marker
_HELD_SHARE = 0.03  # of the samples change a value that is computed once for each beat
_BEATS = (250.0, 3000.0)  # ms between two beats
_BEAT_CHANGES = -0.2  # correlation of successive changes; it is above 0 where ECG is oversampled

# A signal with one of these names, or names that start with these words, is ECG.
_ECG = re.compile(
    rf"(?:^|[^a-z])(?:ecg|ekg|electrocardio\w*|{MODIFIED})|^(?:lead[ _-]*)?{SURFACE}(?:[^a-z0-9]|$)"
)
# Words that name what is computed of an ECG, as in NeuroKit's "ECG_Rate".
_DERIVED = r"rate|quality|status\d*|peaks?|onsets?|offsets?|phase"
_COMPUTED = re.compile(rf"(?:^|[^a-z])(?:{_DERIVED})(?:[^a-z]|$)")
# Words that name another quantity. A name may contain several words: "Sensor timestamp [ns]".
_OTHER = re.compile(
    r"(?:^|[^a-z])(?:time|timestamp|times|datetime|date|clock|elapsed|seconds|secs?|millis|index|"
    r"counter|count|seq|nseq|sequence|id|sample|sample[ _]?(?:number|no|index)|row|frame|packet|"
    r"hr|bpm|heart[ _]?rate|pulse|rr|rri|ibi|hrv|acc|accel\w*|gyro\w*|mag|resp\w*|breath\w*|"
    r"eda|gsr|emg|eeg|eog|ppg|pleth\w*|bvp|spo2|temp\w*|abp|art|cvp|pap|battery|marker|trigger|"
    rf"event|annotations?|label|digital|raw ?digital|{_DERIVED})(?:[^a-z]|$)|"
    r"^(?:[xyzti]|[io]\d)$|^t ?[\[(]"
)
# Units that no ECG has.
_OTHER_UNITS = re.compile(
    r"^(?:[nmuµμ]?s|sec\w*|min\w*|h|hours?|k?hz|bpm|1/min|/min|°.*|deg\w*|celsius|c|k|%|percent|g|"
    r"m?g0?|m/s\S*|mmhg|k?pa|m?l|l/min|bool\w*|hh:mm\S*|date\w*|time\w*)$"
)


def is_ecg_name(name: str) -> bool:
    """Return whether the name of a signal says that it is ECG."""
    plain = _plain(name)
    return bool(_ECG.search(plain)) and not _COMPUTED.search(plain)


def is_other_quantity(signal: Signal) -> bool:
    """Return whether the name or the unit of a signal says that it is not ECG."""
    if is_ecg_name(signal.name):
        return False
    unit = _plain(signal.unit).strip("[]() ")
    return bool(_OTHER.search(_plain(signal.name)) or _OTHER_UNITS.match(unit))


def choose(signals: Sequence[Signal], leads: Leads | None) -> tuple[list[Signal], list[str]]:
    """Choose the signals that become the leads of a recording.

    Parameters
    ----------
    signals : sequence of Signal
    leads : int, str, sequence of these, or None
        Names (in any case) or positions in ``signals``. None takes every signal that is ECG by its
        name. If no name says so, it takes every signal that neither its name, nor its unit, nor its
        shape marks as another quantity.

    Returns
    -------
    chosen : list of Signal
        Of one length and one sampling rate, with gaps at the same samples.
    notes : list of str
        The signals that were left out, and why.

    Raises
    ------
    ValueError
        If a lead does not exist, no signal can be ECG, or the chosen signals do not fit together.
        The text lists the signals.
    """
    if leads is not None:
        wanted = [leads] if isinstance(leads, (int, str, np.integer)) else list(leads)
        if not wanted:
            raise ValueError("leads: name at least one lead")
        chosen = [_find(signals, lead) for lead in wanted]
        if len({id(signal) for signal in chosen}) < len(chosen):
            raise ValueError(f"leads: {wanted} names a signal twice; name each lead once")
        return _of_one_shape(chosen, signals), []
    reasons = {i: _not_ecg(_label(i, signal), signal) for i, signal in enumerate(signals)}
    named = [i for i, signal in enumerate(signals) if is_ecg_name(signal.name)]
    kept = [i for i in named or reasons if reasons[i] is None]
    if not named:  # a signal of few values or changes is not ECG, unless there is nothing else
        found = {i: _few_values(signals[i].samples) for i in kept}
        if not all(found.values()):
            kept = [i for i in kept if not found[i]]
            reasons |= {i: f"{_label(i, signals[i])} {why}" for i, why in found.items() if why}
    if not kept:
        raise ValueError(
            f"no signal looks like ECG: {'; '.join(filter(None, reasons.values()))}; if one is "
            "ECG, name it with leads= (--lead)"
        )
    left_out = [
        reasons[i] or f"{_label(i, signals[i])} is not ECG by its name"
        for i in reasons
        if i not in kept
    ]
    notes = [f"left out: {'; '.join(left_out)}"] if left_out else []
    return _of_one_shape([signals[i] for i in kept], signals), notes


def list_signals(signals: Sequence[Signal]) -> str:
    """Return the positions and names of signals, for messages."""
    return ", ".join(
        f"{i} {signal.name or 'without a name'}"
        + (f" ({signal.sampling_rate:g} Hz)" if signal.sampling_rate else "")
        for i, signal in enumerate(signals)
    )


def _plain(text: str) -> str:
    return text.strip().strip("'\"").lower()


def _label(i: int, signal: Signal) -> str:
    return f"column {i} ({signal.name})" if signal.name else f"column {i}"


def _find(signals: Sequence[Signal], lead: int | str) -> Signal:
    """Return a signal by its name or position."""
    by_name = [signal for signal in signals if _plain(signal.name) == _plain(str(lead))]
    if not by_name and isinstance(lead, str):
        by_name = [signal for signal in signals if short_name(signal.name) == short_name(lead)]
    if len(by_name) > 1:
        raise ValueError(
            f"lead {lead!r}: {len(by_name)} signals have this name; give the position instead; "
            f"signals: {list_signals(signals)}"
        )
    if by_name:
        return by_name[0]
    position = int(lead) if str(lead).isdecimal() else -1
    if not 0 <= position < len(signals):
        raise ValueError(f"lead {lead!r} does not exist; signals: {list_signals(signals)}")
    return signals[position]


def _not_ecg(label: str, signal: Signal) -> str | None:
    """Return why a signal is not ECG, as far as its name, its unit and its shape say."""
    if is_other_quantity(signal):
        return f"{label} is not ECG by its name or unit"
    found = _movement_of_other(signal.samples)
    if found is None and not is_ecg_name(signal.name):
        found = _intervals_of_beats(signal.samples)
    return f"{label} {found}" if found else None


def _movement_of_other(samples: NDArray[Any]) -> str | None:
    """Return how samples move if ECG cannot move so: as a clock or a counter."""
    values = samples[np.isfinite(samples)].astype(np.float64)
    steps = np.diff(values)
    changes = steps[steps != 0]
    if len(steps) > 1 and len(changes) > 1:
        rising = float(np.mean(changes > 0))
        if max(rising, 1 - rising) >= _CLOCK_SHARE:
            return f"{'rises' if rising > 0.5 else 'falls'} throughout, as a clock does"
        _, counts = np.unique(changes, return_counts=True)
        if counts.max() >= _COUNTER_SHARE * len(changes):
            return "changes by equal steps, as a counter does"
        if len(changes) >= _MANY and _rises_but_for_wraps(changes, float(np.ptp(values)) + 1):
            return "rises but where it starts again, as a counter does"
    return None


def _rises_but_for_wraps(changes: NDArray[np.float64], period: float) -> bool:
    """Return whether a counter that skips values and wraps after a period could change so."""
    if period < _FEW or not np.all(changes % 1 == 0):
        return False
    rising = float(np.mean(changes % period < period / 2))
    return max(rising, 1 - rising) >= _COUNTER_SHARE


def _intervals_of_beats(samples: NDArray[Any]) -> str | None:
    """Return that samples are times between beats, if their range and changes say so."""
    values = samples[np.isfinite(samples)].astype(np.float64)
    if len(values) < _MANY:
        return None
    if values.max() <= _BEATS[1] / 1000:
        values *= 1000
    if values.min() < _BEATS[0] or values.max() > _BEATS[1]:
        return None
    changes = np.diff(values) - np.mean(np.diff(values))
    if np.dot(changes[1:], changes[:-1]) < _BEAT_CHANGES * np.dot(changes, changes):
        return "has the range and the changes of intervals between beats"
    return None


def _few_values(samples: NDArray[Any]) -> str | None:
    """Return how a signal differs from ECG if it has few values or few changes."""
    if len(samples) < _MANY:
        return None
    step = max(1, len(samples) // 10**6)
    if len(np.unique(samples[::step])) < _FEW:
        return f"has fewer than {_FEW} distinct values, as a switch has"
    if np.mean(np.diff(samples[np.isfinite(samples)]) != 0) < _HELD_SHARE:
        return "holds each value for long, as a heart rate does"
    return None


def _of_one_shape(chosen: list[Signal], signals: Sequence[Signal]) -> list[Signal]:
    """Refuse signals that cannot lie in one array."""
    if len(chosen) > MAX_LEADS:
        raise ValueError(
            f"{len(chosen)} leads are more than {MAX_LEADS}; leads come first in an array and as "
            "columns in a text file"
        )
    shapes = {(len(one.samples), one.sampling_rate, one.gaps) for one in chosen}
    if len(shapes) > 1:
        raise ValueError(
            "the leads have different sampling rates, lengths or gaps; choose leads of one rate "
            f"with leads= (--lead); signals: {list_signals(signals)}"
        )
    return chosen
