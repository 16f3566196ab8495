"""Read a recording from a file, or from an object of another package."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from dt4ecg._common.limits import MAX_BYTES
from dt4ecg._common.numbers import number
from dt4ecg.io.contents import FORMAT_DEFAULT, RATE_TOLERANCE, Event, FileContents, Signal
from dt4ecg.io.excluded import Parts, exclude_parts
from dt4ecg.io.lead_order import take_leads
from dt4ecg.io.leads import Leads, choose
from dt4ecg.io.objects import contents_of
from dt4ecg.io.recording import Interval, Recording

FORMATS = {
    ".csv": "text",
    ".tsv": "text",
    ".txt": "text",
    ".npy": "numpy_files",
    ".npz": "numpy_files",
    ".hea": "wfdb",
    ".edf": "edf",
    ".bdf": "edf",
    ".acq": "acq",
    ".xdf": "xdf",
    ".mat": "matlab",
    ".dcm": "dicom",
    ".ecg": "ishne",
    ".xml": "aecg",
    ".json": "movesense",
}
"""For each suffix, the module of ``dt4ecg.io.formats`` that reads such files."""
# Files that no maintained package reads, and how to convert them.
CONVERT = {
    ".scp": "convert SCP-ECG to EDF, DICOM or aECG with the software of the recorder",
    ".atc": "export the recording from the Kardia application as EDF or CSV",
    ".adicht": "export the recording from LabChart as text, EDF or MATLAB",
    ".zip": "unpack the archive",
    ".h5": "save the samples with numpy.save",
    ".parquet": "pass the data frame itself to dt4ecg.read",
}
# These WFDB files hold samples; the header with the same name describes them.
_DESCRIBED_BY_HEADER = (".dat", ".mat", "")


def read(
    source: str | os.PathLike[str] | Any,
    sampling_rate: float | None = None,
    *,
    leads: Leads | None = None,
    gaps: Iterable[int] = (),
    exclude: Parts = (),
    activities: Mapping[str, str | None] | None = None,
    subject: str | None = None,
    activity: str | None = None,
    session: str | None = None,
    name: str | None = None,
    mains_frequency: float | None = None,
) -> Recording:
    """Read a recording from a file, or from an object of another package.

    Parameters
    ----------
    source : path or object
        A file of text, NumPy, WFDB, EDF, BDF, AcqKnowledge, XDF, MATLAB, DICOM, ISHNE, HL7 aECG or
        Movesense, recognised by its suffix; the page "Files of recorders" lists these. Or a
        :class:`Recording`, an array or tensor of shape (T,) or (leads, T), a data frame of pandas
        or polars with one column per signal, an ``xarray.DataArray``, or an ``mne.io.Raw``.
    sampling_rate : float, optional
        In Hz. It is needed where the source does not state it, and must agree with the source
        within 2 % where it does.
    leads : int, str or sequence of these, optional
        Names or positions of the signals to take. Default: those that are ECG by their names; if
        no name says so, all that neither name, unit nor shape marks as another quantity.
    gaps : iterable of int, optional
        Indexes of the samples before which time was lost, in addition to those of the source.
    exclude : iterable of (start, stop), optional
        Parts to leave out, in seconds of stored samples, such as ``[(0, 12.5), (90, None)]``. Their
        samples are lost (NaN), as those that MNE marks as BAD. The times of the rest stay.
    activities : dict of str to str or None, optional
        Activity for the text of each annotation or marker; None, or no entry, ignores a text.
        Default: each text is the name of an activity.
    subject, activity, session, name, mains_frequency : optional
        As in :class:`Recording`. The default name is that of the file.

    Returns
    -------
    Recording
        ``recording.summary()`` says in one line what was read and what was left out.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    OSError
        If the file cannot be opened.
    ValueError
        If the kind of file is unknown, the file is damaged or too large, no signal can be ECG,
        the sampling rate is unknown or contradicts the source, or a part to exclude is not inside
        the recording.
    TypeError
        If the object is of an unknown type.
    ImportError
        If the format needs a package that is not installed; the text gives the install command.

    See Also
    --------
    dt4ecg.datasets.load_recordings : Read all recordings of a folder.
    dt4ecg.io.read_contents : Read also the signals of a file that are not ECG.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import numpy as np
    >>> import dt4ecg
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "anna.csv"
    >>> rows = np.random.default_rng(0).normal(size=(5000, 2))
    >>> np.savetxt(file, rows, header="ECG,RESP", delimiter=",", comments="")
    >>> recording = dt4ecg.read(file, 500)
    >>> recording
    Recording(name='anna.csv', 1 lead, 10.0 s at 500 Hz)
    >>> recording.summary()
    'anna.csv: 1 lead (ECG), 10.0 s at 500 Hz (argument); left out: column 1 (RESP) is not ECG ...'
    """
    known = {
        "subject": subject,
        "activity": activity,
        "session": session,
        "name": name,
        "mains_frequency": mains_frequency,
    }
    known = {key: value for key, value in known.items() if value is not None}
    if isinstance(source, Recording):
        return exclude_parts(_with_known(source, sampling_rate, leads, gaps, known), exclude)
    if not isinstance(source, (str, os.PathLike)):
        contents = contents_of(source)
        recording = _recording(contents, sampling_rate, leads, gaps, activities, known)
        return exclude_parts(recording, exclude)
    path = Path(source)
    known.setdefault("name", path.name)
    try:
        contents = read_contents(path)
        recording = _recording(contents, sampling_rate, leads, gaps, activities, known)
        return exclude_parts(recording, exclude)
    except FileNotFoundError as error:
        raise FileNotFoundError(f"{name or path}: {error}") from None
    except ValueError as error:
        raise ValueError(f"{name or path}: {error}") from error


def read_contents(path: Path) -> FileContents:
    """Read all signals and events of a file, including those that are not ECG.

    No memory is allocated because of a size that a header claims.

    Parameters
    ----------
    path : Path

    Returns
    -------
    FileContents
        ``signals`` and ``events`` as the file stores them.

    Raises
    ------
    OSError, ValueError, ImportError
        As :func:`dt4ecg.read`; the texts do not name the file.

    See Also
    --------
    dt4ecg.read : Choose the ECG leads, and return them as a Recording.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from dt4ecg.io import read_contents
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "anna.csv"
    >>> _ = file.write_text("time,ecg\\n0.00,7\\n0.01,8\\n0.02,5\\n")
    >>> [signal.name for signal in read_contents(file).signals]
    ['time', 'ecg']
    """
    path = described(path)
    if not path.is_file():
        raise FileNotFoundError("no such file" if not path.exists() else "not a regular file")
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise ValueError(f"{size} bytes is more than one recording may have, {MAX_BYTES}; split it")
    module = FORMATS.get(_suffix(path))
    if module is None:
        hint = CONVERT.get(_suffix(path))
        raise ValueError(hint or f"unknown kind of file; known: {', '.join(FORMATS)}")
    contents: FileContents = import_module(f"dt4ecg.io.formats.{module}").read(path)
    return contents


def _suffix(path: Path) -> str:
    """Return the suffix that selects the reader; packed files have two."""
    suffixes = [suffix.lower() for suffix in path.suffixes[-2:]]
    return "".join(suffixes[:1] if suffixes[-1:] == [".gz"] else suffixes[-1:])


def described(path: Path) -> Path:
    """Return the header of a WFDB record that is named without suffix or by its samples."""
    header = path.with_suffix(".hea")
    suffix = path.suffix.lower()
    if suffix in _DESCRIBED_BY_HEADER and header.is_file() and (suffix or not path.is_file()):
        return header
    return path


def _recording(
    contents: FileContents,
    sampling_rate: float | None,
    leads: Leads | None,
    gaps: Iterable[int],
    activities: Mapping[str, str | None] | None,
    known: dict[str, Any],
) -> Recording:
    """Make a recording of the signals that are ECG."""
    chosen, notes = choose(contents.signals, leads)
    first = chosen[0]
    rate, rate_source = _rate(first, sampling_rate, contents.notes)
    samples = np.stack([signal.samples for signal in chosen])
    names = tuple(signal.name for signal in chosen)
    units = tuple(signal.unit for signal in chosen)
    return Recording(
        samples,
        rate,
        gaps=tuple({*first.gaps, *gaps}),
        lead_names=names if any(names) else (),
        units=units if any(units) else (),
        rate_source=rate_source,
        start_time=contents.start_time,
        labels=intervals_of(contents.events, samples.shape[1] / rate, activities),
        notes=(*contents.notes, *notes),
        **known,
    )


def _rate(signal: Signal, stated: float | None, notes: Sequence[str] = ()) -> tuple[float, str]:
    """Return the sampling rate and its source, where the file and the caller agree."""
    found = signal.sampling_rate
    if stated is not None:
        stated = number("sampling_rate", stated)
        if not 0 < stated < math.inf:
            raise ValueError(f"sampling_rate: must be above 0 Hz, got {stated:g}")
    if found is None:
        if stated is None:
            raise ValueError(
                "the sampling rate is not in the file; state it in Hz with sampling_rate= "
                "(--sampling-rate, or the column sampling_rate of a manifest)"
                + "".join(f"; {note}" for note in notes)
            )
        return stated, "argument"
    if stated is None:
        return found, signal.rate_source
    if signal.rate_source != FORMAT_DEFAULT and abs(stated - found) > RATE_TOLERANCE * found:
        raise ValueError(
            f"the sampling rate is {found:g} Hz by the {signal.rate_source}, but sampling_rate= "
            f"states {stated:g} Hz; leave it out, or correct the file"
        )
    return stated, "argument"


def intervals_of(
    events: Iterable[Event], seconds: float, activities: Mapping[str, str | None] | None
) -> tuple[Interval, ...]:
    """Return activities over time. An event without a duration lasts until the next event.

    Parameters
    ----------
    events : iterable of Event
    seconds : float
        Duration of the recording.
    activities : dict of str to str or None, optional
        As in :func:`read`.
    """
    named = []
    for event in sorted(events, key=lambda event: event.start):
        text = event.text.strip()
        label = text if activities is None else activities.get(text)
        if label:
            named.append((event, label))
    intervals = []
    for i, (event, label) in enumerate(named):
        stop = seconds if i + 1 == len(named) else named[i + 1][0].start
        if event.duration:
            stop = event.start + event.duration
        start, stop = max(event.start, 0.0), min(stop, seconds)
        if start < stop:
            intervals.append(Interval(start, stop, "activity", label))
    return tuple(intervals)


def _with_known(
    recording: Recording,
    sampling_rate: float | None,
    leads: Leads | None,
    gaps: Iterable[int],
    known: dict[str, Any],
) -> Recording:
    """Return a recording with other leads, more gaps or more facts."""
    names = recording.lead_names or ("",) * recording.n_leads
    signals = [Signal(row, one) for row, one in zip(recording.samples, names, strict=True)]
    stated = Signal(signals[0].samples, "", "", recording.sampling_rate, recording.rate_source)
    rate, source = _rate(stated, sampling_rate)
    if leads is not None:
        chosen, _ = choose(signals, leads)
        kept = [next(i for i, one in enumerate(signals) if one is c) for c in chosen]
        recording = take_leads(recording, kept)
    return replace(
        recording,
        sampling_rate=rate,
        rate_source=source,
        gaps=tuple({*recording.gaps, *gaps}),
        **known,
    )
