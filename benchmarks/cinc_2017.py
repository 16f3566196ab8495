"""Segments of CinC 2017, whose recordings are taken for people, and parts of these people."""

import csv
import functools
import warnings

import numpy as np

from dt4ecg import Preprocessor
from dt4ecg.datasets.locate import locate
from dt4ecg.datasets.motion import MOTION_ECG

RATE = 100.0
SHARES = {"train": 0.6, "validation": 0.1, "test": 0.3}


def folder():
    return locate(MOTION_ECG).parent / "cinc2017_af"


@functools.cache
def recordings() -> list[np.ndarray]:
    """Samples in microvolts at 100 Hz."""
    with np.load(folder() / "cinc2017_af.npz") as archive:
        return np.split(
            np.cumsum(archive["delta"], dtype=np.int16), np.cumsum(archive["length"])[:-1]
        )


def labels() -> np.ndarray:
    """Third release: N, A, O, ~."""
    with open(folder() / "manifest.csv", encoding="utf-8") as file:
        return np.array([row["label"] for row in csv.DictReader(file)])


def parts(seed: int = 0) -> np.ndarray:
    """Part of each recording, drawn before any result was known."""
    order = np.random.default_rng(seed).permutation(len(recordings()))
    ends = (np.cumsum(list(SHARES.values())) * len(order)).round().astype(int)
    part = np.empty(len(order), "U10")
    for name, rows in zip(SHARES, np.split(order, ends[:-1]), strict=True):
        part[rows] = name
    return part


def preprocessor(seconds: float) -> Preprocessor:
    return Preprocessor(notch=None, normalize=None, segment_seconds=seconds)


@functools.cache
def segments(seconds: float, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Usable segments without overlap, at most so many of a recording, and their recordings."""
    found, owner = [], []
    several = recordings()
    for first in range(0, len(several), 500):
        some = [one.astype(float) for one in several[first : first + 500]]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # recordings that are too short, and flat ones
            outcomes = preprocessor(seconds).transform_each(some, RATE)
        for number, outcome in enumerate(outcomes, first):
            if isinstance(outcome, Exception):
                continue
            usable = outcome.segments[outcome.quality.usable, 0]
            chosen = np.unique(np.linspace(0, len(usable) - 1, most).round().astype(int))
            if len(usable):
                found.append(usable[chosen].astype(np.float32))
                owner += [number] * len(chosen)
    return np.concatenate(found), np.array(owner)
