"""How recordings become a set of labelled segments."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from dt4ecg._common.defaults import MAINS_FREQUENCY, TASKS
from dt4ecg.datasets.arrays import encode
from dt4ecg.datasets.interval_labels import labels_of_segments
from dt4ecg.datasets.leads import align_leads
from dt4ecg.datasets.segment_set import SegmentSet
from dt4ecg.io.recording import Recording

if TYPE_CHECKING:
    from dt4ecg.signal.outcomes import Segmented
    from dt4ecg.signal.preprocessor import Preprocessor


def from_recordings(
    recordings: Sequence[Recording],
    preprocessor: Preprocessor | None = None,
    *,
    name: str = "",
    classes: Mapping[str, Sequence[str]] | None = None,
    citation: str = "",
    simulated: bool = False,
) -> SegmentSet:
    """Preprocess recordings and cut them into labelled segments.

    Parameters
    ----------
    recordings : sequence of Recording
    preprocessor : Preprocessor, optional
        Default: one with the notch at the mains frequency of the recordings, or at 60 Hz if it is
        unknown.
    name : str, default ""
    classes : dict of str to sequence of str, optional
        Names and order of the labels of ``"identity"``, ``"activity"`` and further tasks of the
        intervals in ``Recording.labels``. Default: the labels of identity and activity that occur,
        sorted.
    citation : str, default ""
    simulated : bool, default False
        True marks signals that are computed rather than recorded.

    Returns
    -------
    SegmentSet

    Raises
    ------
    ValueError
        If there are no recordings, or they have several mains frequencies and no preprocessor is
        given, or some cannot be preprocessed or have other leads. The text names each of these with
        its reason.

    Notes
    -----
    A segment has the label of the interval in ``Recording.labels`` that contains it. Its label is
    unknown if it lies only in part in an interval. Outside all intervals of a task, the subject and
    the activity of the recording hold.

    Leads are put in one order by their names. Recordings without names keep their order.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.datasets import Recording, from_recordings
    >>> noise = np.random.default_rng(0).normal(size=(2, 5000))  # two people, 10 s at 500 Hz
    >>> data = from_recordings([
    ...     Recording(noise[0], 500, subject="Anna", activity="rest", mains_frequency=50),
    ...     Recording(noise[1], 500, subject="Bert", mains_frequency=50),
    ... ])
    >>> data.X.shape, data.classes
    ((6, 1, 300), {'identity': ['Anna', 'Bert'], 'activity': ['rest']})
    >>> data.y[:, 1]
    array([ 0,  0,  0, -1, -1, -1])
    """
    recordings, failures = align_leads(list(recordings))
    preprocessor = preprocessor or default_preprocessor(recordings)
    segmented, unsegmented = segment_all(recordings, preprocessor)
    failures |= unsegmented
    if failures:
        reasons = "\n".join(f"  {recordings[i].name or i}: {failures[i]}" for i in sorted(failures))
        raise ValueError(
            f"{len(failures)} of {len(recordings)} recordings cannot be used:\n{reasons}"
        )
    return assemble(
        recordings,
        segmented,
        preprocessor,
        name=name,
        classes=classes,
        citation=citation,
        simulated=simulated,
    )


def default_preprocessor(recordings: Sequence[Recording]) -> Preprocessor:
    """Return the default preprocessor with its notch at the mains frequency of the recordings.

    Raises
    ------
    ValueError
        If the recordings have several mains frequencies; an unknown one counts as 60 Hz.
    """
    mains = sorted({recording.mains_frequency or MAINS_FREQUENCY for recording in recordings})
    if len(mains) > 1:
        frequencies = " and ".join(f"{frequency:g}" for frequency in mains)
        raise ValueError(
            f"preprocessing: recordings with mains at {frequencies} Hz need two filters; "
            "load them apart, or pass one preprocessor= for all"
        )
    from dt4ecg.signal.preprocessor import Preprocessor

    return Preprocessor(notch=mains[0] if mains else MAINS_FREQUENCY)


def segment_all(
    recordings: Sequence[Recording], preprocessor: Preprocessor
) -> tuple[dict[int, Segmented], dict[int, str]]:
    """Return the segments of each recording, and the reason for each that has none, by index.

    Warns
    -----
    UserWarning
        If beats give an impossible heart rate, because the sampling rate is wrong.
    """
    from dt4ecg.signal.heart_rate import doubtful_rate  # imports the core

    results = preprocessor.transform_each(list(recordings))
    segmented = {i: one for i, one in enumerate(results) if not isinstance(one, Exception)}
    failures = {i: str(one) for i, one in enumerate(results) if isinstance(one, Exception)}
    doubts = [
        f"{recordings[i].name or i} at {recordings[i].sampling_rate:g} Hz: {doubt}"
        for i, one in segmented.items()
        if (doubt := doubtful_rate(one.quality, preprocessor.segment_seconds))
    ]
    if doubts:
        warnings.warn("\n".join(doubts), stacklevel=3)
    return segmented, failures


def assemble(
    recordings: Sequence[Recording],
    segmented: Mapping[int, Segmented],
    preprocessor: Preprocessor,
    *,
    name: str,
    classes: Mapping[str, Sequence[str]] | None = None,
    citation: str = "",
    simulated: bool = False,
) -> SegmentSet:
    """Combine the segments of several recordings with their labels and origins.

    Parameters
    ----------
    recordings : sequence of Recording
    segmented : dict of int to Segmented
        Segments by the index of their recording; other recordings are left out.
    preprocessor, name, classes, citation, simulated
        As :func:`from_recordings`.

    Raises
    ------
    ValueError
        If there are no segments, they have different shapes, or a label is not in ``classes``.
    """
    kept = [recordings[i] for i in segmented]
    counts = [len(result.segments) for result in segmented.values()]
    results = [result for result in segmented.values() if len(result.segments)]
    if not results:
        raise ValueError(
            f"segments: none in {len(kept)} recordings; each needs a stretch without gaps of "
            f"at least {preprocessor.segment_seconds:g} s, the length of a segment"
        )
    shapes = sorted({result.segments.shape[1:] for result in results})
    if len(shapes) > 1:
        raise ValueError(
            f"segments: recordings give segments of {' and '.join(map(str, shapes))} (leads, "
            "samples); one set needs one number of leads, and one rate: set target_rate"
        )
    given = classes or {}
    codes, names = {}, {}
    for task in dict.fromkeys((*TASKS, *given)):
        labels = np.concatenate(
            [
                labels_of_segments(recording, task, result.starts, preprocessor.segment_seconds)
                for recording, result in zip(kept, segmented.values(), strict=True)
            ]
        )
        codes[task], names[task] = encode("segments", task, labels, given.get(task))
    columns = {
        "session": [recording.session or "" for recording in kept],
        "recording": [
            recording.name or str(i) for i, recording in zip(segmented, kept, strict=True)
        ],
    }
    starts = np.concatenate([result.starts for result in results])
    lead_names = next((one.lead_names for one in kept if one.lead_names), ())
    return SegmentSet(
        X=np.concatenate([result.segments for result in results]).astype(np.float32, copy=False),
        y=np.stack([*codes.values()], axis=1),
        groups=np.repeat(np.arange(len(kept), dtype=np.int64), counts),
        classes=names,
        meta={
            "subject": np.array([*names["identity"], ""])[codes["identity"]],
            "activity": np.array([*names["activity"], ""])[codes["activity"]],
            **{column: np.repeat(np.array(values), counts) for column, values in columns.items()},
            "start": starts,
            "stop": starts + preprocessor.segment_seconds,
        },
        dropped_seconds=sum(result.dropped.seconds for result in segmented.values()),
        dropped_pieces=sum(result.dropped.pieces for result in segmented.values()),
        preprocessor=_with_leads(preprocessor, lead_names),
        name=name,
        citation=citation,
        simulated=simulated,
        lead_names=lead_names,
    )


def _with_leads(preprocessor: Preprocessor, names: tuple[str, ...]) -> Preprocessor:
    """Return a preprocessor that knows the leads of the set, without changing the user's."""
    if not names:
        return preprocessor
    other = copy.deepcopy(preprocessor)
    other.lead_names_ = names
    return other
