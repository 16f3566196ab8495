"""Load a user's own recordings, listed in a ``manifest.csv``."""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

import numpy as np

from dt4ecg._common.defaults import MAINS_FREQUENCY
from dt4ecg._common.limits import MAX_MAINS_FREQUENCY
from dt4ecg.datasets.assembly import assemble, segment_all
from dt4ecg.datasets.leads import align_leads
from dt4ecg.datasets.segment_set import SegmentSet
from dt4ecg.io.leads import Leads
from dt4ecg.io.manifest import MANIFEST, Reading, read_manifest
from dt4ecg.io.recording import Recording

if TYPE_CHECKING:
    from dt4ecg.signal.outcomes import Segmented
    from dt4ecg.signal.preprocessor import Preprocessor

_Value = TypeVar("_Value")


def load_recordings(
    folder_or_manifest: str | os.PathLike[str],
    on_error: Literal["raise", "skip"] = "raise",
    preprocessor: Preprocessor | None = None,
    mains_frequency: float = MAINS_FREQUENCY,
    retune_notch: bool = False,
    sampling_rate: float | None = None,
    leads: Leads | None = None,
) -> SegmentSet:
    """Load segments of the recordings that a manifest lists.

    Parameters
    ----------
    folder_or_manifest : path
        A CSV file as described in the notes, or the folder of a ``manifest.csv``.
    on_error : {"raise", "skip"}, default "raise"
        Refuse the set if any recording is bad, or warn once and load the good ones. Both report
        every bad row and file with its line and reason. A recording is also bad if it does not fit
        the majority: other leads, or another mains frequency.
    preprocessor : Preprocessor, optional
        Used as it is. Default: one with the notch at the mains frequency.
    mains_frequency : float, default 60.0
        Mains frequency in Hz of rows that state none; 50 in Europe.
    retune_notch : bool, default False
        Move the notch of ``preprocessor``, if it has one, to the recordings' mains frequency.
    sampling_rate : float, optional
        In Hz, of files that do not state it and whose row does not state it.
    leads : int, str or sequence of these, optional
        Leads of rows that name none, as in :func:`dt4ecg.read`.

    Returns
    -------
    SegmentSet
        Its name is that of the folder. ``data.sources`` says in one line for each recording what
        was read.

    Raises
    ------
    FileNotFoundError
        If there is no manifest.
    ValueError
        If there are bad rows or files and ``on_error`` is ``"raise"``, or if no row is good.

    Notes
    -----
    The manifest has these columns, in any order:

    - ``file``: path relative to the manifest, of a file that :func:`dt4ecg.read` can read;
    - ``subject`` and ``activity``; empty or NaN if unknown. Without an activity, the annotations or
      markers of the file are the activities over time;
    - optionally ``sampling_rate`` in Hz, for files that do not state it;
    - optionally ``session``;
    - optionally ``lead``: name or position of a lead, or several with ``|`` between them;
    - optionally ``start`` and ``stop`` in seconds of stored samples: the row is about a part of the
      file, and several rows may be about parts of one file;
    - optionally ``exclude``: parts of the file to leave out, in seconds, such as ``0-12.5 90-``;
    - optionally ``gaps`` (indexes of the samples before which time was lost, separated by spaces)
      and ``mains_frequency`` in Hz.

    Other columns are kept in ``Recording.extra``. The delimiter is a comma, a semicolon or a tab.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import numpy as np
    >>> from dt4ecg.datasets import load_recordings
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> np.save(folder / "anna.npy", np.random.default_rng(0).normal(size=5000))
    >>> _ = (folder / "manifest.csv").write_text(
    ...     "file,sampling_rate,subject,activity\\nanna.npy,500,Anna,rest\\n")
    >>> load_recordings(folder, mains_frequency=50).X.shape
    (3, 1, 300)
    """
    from dt4ecg.signal.preprocessor import Preprocessor

    if on_error not in ("raise", "skip"):
        raise ValueError(f"load_recordings: on_error must be 'raise' or 'skip', got {on_error!r}")
    if not 0 < mains_frequency <= MAX_MAINS_FREQUENCY:
        raise ValueError(
            "load_recordings: mains_frequency must lie above 0 and up to "
            f"{MAX_MAINS_FREQUENCY:g} Hz, got {mains_frequency}"
        )
    manifest = Path(folder_or_manifest)
    if manifest.is_dir():
        manifest = manifest / MANIFEST
    good, bad = read_manifest(manifest, Reading(mains_frequency, sampling_rate, leads))
    n_rows = len(good) + len(bad)
    if preprocessor is None:
        preprocessor, retune_notch = Preprocessor(), True
    if retune_notch and preprocessor.notch is not None and good:
        mains = _most_common(recording.mains_frequency for recording in good.values())
        preprocessor = preprocessor.at_mains(mains)
        bad.update(_with_other_mains(good, mains))
    bad.update(_shorter_than(good, preprocessor.segment_seconds))
    lines = [line for line in good if line not in bad]
    recordings, with_other_leads = align_leads([good[line] for line in lines])
    segmented, unsegmented = segment_all(recordings, preprocessor)
    failures = _with_other_shapes(segmented) | unsegmented | with_other_leads
    bad.update({lines[i]: f"{recordings[i].name}: {why}" for i, why in failures.items()})
    segmented = {i: result for i, result in segmented.items() if i not in failures}

    if bad:
        problems = "\n".join(f"  line {line}: {bad[line]}" for line in sorted(bad))
        summary = f"{manifest}: {len(bad)} of {n_rows} recordings cannot be used:\n{problems}"
        if on_error == "raise" or len(bad) == n_rows:
            hint = '\ncorrect them, or pass on_error="skip" to load the others'
            raise ValueError(summary + hint * (len(bad) < n_rows))
        warnings.warn(summary, stacklevel=2)
    data = assemble(recordings, segmented, preprocessor, name=manifest.parent.resolve().name)
    return replace(data, sources=tuple(recordings[i].summary() for i in segmented))


def _shorter_than(recordings: Mapping[int, Recording], seconds: float) -> dict[int, str]:
    reasons = {}
    for line, recording in recordings.items():
        edges = [0, *recording.gaps, recording.samples.shape[-1]]
        longest = max(np.diff(edges)) / recording.sampling_rate
        if longest < seconds:
            reasons[line] = (
                f"{recording.name}: its longest stretch without a gap, {longest:.2f} s, is shorter "
                f"than a segment of {seconds:g} s"
            )
    return reasons


def _with_other_mains(recordings: Mapping[int, Recording], mains: float | None) -> dict[int, str]:
    return {
        line: f"{recording.name}: mains at {recording.mains_frequency:g} Hz, where the notch of "
        f"most recordings is at {mains:g} Hz; load it apart, or pass one preprocessor= for all"
        for line, recording in recordings.items()
        if recording.mains_frequency != mains
    }


def _with_other_shapes(segmented: Mapping[int, Segmented]) -> dict[int, str]:
    shapes = {
        i: result.segments.shape[1:] for i, result in segmented.items() if len(result.segments)
    }
    usual = _most_common(shapes.values()) if shapes else None
    return {
        i: f"gives segments of {shape} (leads, samples), where most recordings give {usual}; one "
        "set needs one number of leads, and one rate: set target_rate"
        for i, shape in shapes.items()
        if shape != usual
    }


def _most_common(values: Iterable[_Value]) -> _Value:
    """Return the most common value; among equally common values, the first in the manifest."""
    return Counter(values).most_common(1)[0][0]
