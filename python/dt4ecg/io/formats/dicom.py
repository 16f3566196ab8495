"""Read the waveforms of DICOM files."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from dt4ecg._common.extras import import_extra
from dt4ecg._common.limits import MAX_LEADS, MAX_SAMPLES
from dt4ecg.io.contents import FILE_HEADER, FileContents, Signal


def read(path: Path) -> FileContents:
    """Read the channels of all multiplex groups, each group at its own rate.

    Raises
    ------
    ImportError
        If the package pydicom is not installed.
    ValueError
        If the file is damaged, too large or holds no waveform.
    """
    pydicom = import_extra("pydicom", "formats", f"{path.name}: a DICOM file")
    waveforms = import_extra("pydicom.waveforms", "formats", f"{path.name}: a DICOM file")
    try:
        data = pydicom.dcmread(path)
        groups = list(data.get("WaveformSequence") or ())
        signals = [s for i, group in enumerate(groups) for s in _signals(waveforms, data, i, group)]
        start = _start(data)
    except Exception as error:  # pydicom passes on every error of its parser
        raise ValueError(f"not a sound DICOM waveform file ({error})") from error
    if not signals:
        raise ValueError("the DICOM file holds no waveform; images of an ECG cannot be read")
    return FileContents(tuple(signals), start_time=start)


def _signals(waveforms: Any, data: Any, index: int, group: Any) -> list[Signal]:
    n_leads, n_samples = int(group.NumberOfWaveformChannels), int(group.NumberOfWaveformSamples)
    if not (0 < n_leads <= MAX_LEADS and 0 < n_samples <= MAX_SAMPLES // n_leads):
        raise ValueError(f"{n_leads} channels of {n_samples} samples are not possible")
    samples = waveforms.multiplex_array(data, index, as_raw=False)
    if samples.shape != (n_samples, n_leads):
        raise ValueError(f"the samples have shape {samples.shape}, not {(n_samples, n_leads)}")
    return [
        Signal(
            np.ascontiguousarray(column, np.float64),
            _name(channel),
            _unit(channel),
            float(group.SamplingFrequency),
            FILE_HEADER,
        )
        for column, channel in zip(samples.T, group.ChannelDefinitionSequence, strict=True)
    ]


def _name(channel: Any) -> str:
    source = channel.get("ChannelSourceSequence") or ()
    meaning = source[0].get("CodeMeaning") if source else None
    return str(meaning or channel.get("ChannelLabel") or "")


def _unit(channel: Any) -> str:
    units = channel.get("ChannelSensitivityUnitsSequence") or ()
    return str(units[0].get("CodeValue") or "") if units else ""


def _start(data: Any) -> datetime | None:
    """Return the acquisition time, if the file states it in the usual form."""
    text = str(data.get("AcquisitionDateTime") or "").partition(".")[0]
    try:
        return datetime.strptime(text[:14], "%Y%m%d%H%M%S")
    except ValueError:
        return None
