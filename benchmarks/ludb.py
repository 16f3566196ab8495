"""Lead I of LUDB as segments of 10 s, with the waves that cardiologists marked by hand."""

import csv
import functools
import warnings

import numpy as np

from benchmarks.cinc_2017 import RATE, folder, preprocessor
from dt4ecg.io.formats.wfdb import read_wfdb

LEAD, FILE_RATE, SECONDS = "i", 500.0, 10.0


@functools.cache
def segments() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return segments (n, 1, T), the marked waves and the marked part of each, both (n, T) bool.

    Waves near both ends are not marked by design, so the marked part goes from the first to the
    last wave. Records whose segment is not usable are left out.
    """
    root = folder().parent / "ludb"
    of_record = {}
    with open(root / "waves.csv", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["lead"] == LEAD and row["onset"] and row["offset"]:
                wave = int(row["onset"]), int(row["offset"])
                of_record.setdefault(int(row["record"]), []).append(wave)
    x, waves, marked = [], [], []
    for record, found in sorted(of_record.items()):
        samples = read_wfdb(root / "data" / str(record), channels=[0]).samples[0]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            segmented = preprocessor(SECONDS).segment(samples, FILE_RATE)
        if not len(segmented.segments) or not segmented.quality.usable[0]:
            continue
        x.append(segmented.segments[0].astype(np.float32))
        step = FILE_RATE / RATE
        inside = np.zeros(x[-1].shape[1], bool)
        for onset, offset in found:
            inside[round(onset / step) : round(offset / step) + 1] = True
        places = np.flatnonzero(inside)
        part = np.zeros_like(inside)
        part[places[0] : places[-1] + 1] = True
        waves.append(inside)
        marked.append(part)
    return np.stack(x), np.stack(waves), np.stack(marked)
