"""One order of the leads for all recordings of a set, by their names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from dt4ecg.io.lead_order import in_lead_order, lead_keys
from dt4ecg.io.recording import Recording


def align_leads(recordings: Sequence[Recording]) -> tuple[list[Recording], dict[int, str]]:
    """Put the leads of recordings with the same lead names in the same order.

    The order is that of the first recording with the most common names. Recordings whose leads have
    no names, or not one name each, keep their order.

    Returns
    -------
    aligned : list of Recording
    reasons : dict of int to str
        For each recording with other names, by its index, why it does not fit.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.datasets.leads import align_leads
    >>> from dt4ecg.io import Recording
    >>> first = Recording(np.zeros((2, 9)), 3.0, lead_names=("I", "II"))
    >>> second = Recording(np.arange(18).reshape(2, 9), 3.0, lead_names=("ii", "I"))
    >>> aligned, reasons = align_leads([first, second])
    >>> aligned[1].samples[:, 0].tolist(), aligned[1].lead_names, reasons
    ([9, 0], ('I', 'II'), {})
    """
    keys = [lead_keys(recording.lead_names) for recording in recordings]
    named = [frozenset(names) for names in keys if names]
    if not named:
        return list(recordings), {}
    usual = Counter(named).most_common(1)[0][0]
    first = next(i for i, names in enumerate(keys) if frozenset(names) == usual)
    shown = recordings[first].lead_names
    aligned, reasons = list(recordings), {}
    for i, (recording, names) in enumerate(zip(recordings, keys, strict=True)):
        if names and frozenset(names) != usual:
            reasons[i] = (
                f"has the leads {', '.join(recording.lead_names)}, where most recordings have "
                f"{', '.join(shown)}; read the same leads of each"
            )
        elif names:
            aligned[i] = replace(in_lead_order(recording, shown), lead_names=shown)
    return aligned, reasons
