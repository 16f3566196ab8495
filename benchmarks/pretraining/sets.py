"""Rows for the pre-training, and the recordings on which it is judged.

The parts of CinC 2017 are those of :mod:`benchmarks.cinc_2017`: 60 % of the recordings for
training, 10 % for all choices, and 30 % for the test. The pre-training sees the first part alone,
and the people of ECG-ID outside its test part.
"""

import csv
import functools

import numpy as np

from benchmarks import cinc_2017
from benchmarks.verification import sets as people
from dt4ecg import Preprocessor
from dt4ecg.datasets.ecg_id import ecg_id_recordings

ROW_SECONDS = 9.0
CLASSES = ("N", "A", "O", "~")
SCORED = ("N", "A", "O")  # as the official score of the challenge
SUPERCLASSES = ("NORM", "MI", "STTC", "CD", "HYP")


@functools.cache
def rows() -> np.ndarray:
    """Return rows (n, 1, 900) of 9 s without labels."""
    found, owner = cinc_2017.segments(ROW_SECONDS, 3)
    mine = found[cinc_2017.parts()[owner] == "train"][:, None]
    parts = people.ecg_id_parts()
    preprocessor = Preprocessor(notch=50, normalize=None, segment_seconds=ROW_SECONDS)
    more = [
        preprocessor.transform(recording)
        for recording in ecg_id_recordings()
        if parts[recording.subject] != "test"
    ]
    return np.concatenate([mine, *more]).astype(np.float32)


@functools.cache
def windows(seconds: float, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Return windows (n, 1, T) of CinC 2017 and the number of the recording of each."""
    found, owner = cinc_2017.segments(seconds, most)
    return found[:, None], owner


def rhythms() -> np.ndarray:
    """Return the class of each recording of CinC 2017 as an index of CLASSES."""
    return np.array([CLASSES.index(label) for label in cinc_2017.labels()])


def share_of_labels(share: float, seed: int) -> np.ndarray:
    """Return the numbers of training recordings whose labels may be used, drawn by class."""
    generator = np.random.default_rng([seed, 10])
    labels, mine = rhythms(), np.flatnonzero(cinc_2017.parts() == "train")
    chosen = [generator.permutation(mine[labels[mine] == one]) for one in range(len(CLASSES))]
    return np.sort(np.concatenate([one[: round(share * len(one))] for one in chosen]))


@functools.cache
def ptbxl() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return PTB-XL 500: segments (500, 12, 1000), superclasses (500, 5), folds and patients."""
    folder = cinc_2017.folder().parent / "ptbxl_500"
    with np.load(folder / "ptbxl_500.npz") as archive:
        signal = archive["signal"].astype(np.float64) / 1000
    with open(folder / "manifest.csv", encoding="utf-8") as file:
        records = list(csv.DictReader(file))
    labels = np.array([[one in r["superclass"] for one in SUPERCLASSES] for r in records])
    fold = np.array([int(r["strat_fold"]) for r in records])
    patient = np.array([r["patient_id"] for r in records])
    filtered = Preprocessor(notch=None, normalize=None, segment_seconds=10.0)
    x = np.concatenate([filtered.transform(one, 100.0) for one in signal])
    return x.astype(np.float32), labels.astype(np.int64), fold, patient
