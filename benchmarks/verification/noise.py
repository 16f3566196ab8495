"""Noise, other signals and upside-down probes in a gallery, at thresholds for a rate of 1 %."""

import warnings

import numpy as np

import dt4ecg
from benchmarks import other_signals
from benchmarks.quality import RATES, SECONDS, SIGNALS
from benchmarks.verification import sets, strangers
from benchmarks.verification.sets import Signal
from benchmarks.verification.strangers import RATE, counted
from dt4ecg import Preprocessor
from dt4ecg.biometrics import Gallery, shipped_cohort
from dt4ecg.datasets.locate import locate
from dt4ecg.datasets.motion import MOTION_ECG
from dt4ecg.io import Recording
from dt4ecg.io.formats.wfdb import read_wfdb
from dt4ecg.signal import segment_quality

KINDS = (
    "white noise",
    "pink noise",
    "mains at 50 Hz",
    "mains at 60 Hz",
    "square wave",
    "skin conductance",
)
NOISES = {"bw": "baseline wander", "em": "electrode motion", "ma": "muscle"}


def test() -> dict:
    """Count the segments that are usable, that get a name, and whose claim is accepted.

    15 people of the test part of ECG-ID are enrolled, and the thresholds are those of the cohort of
    the package. A segment claims to be one of the 15 people, in turn. `named without the quality
    check` counts the segments whose largest score reaches the threshold for a name.
    """
    new = sets.ecg_id(("test",))
    gallery = Gallery(dt4ecg.load("identity-encoder")).fit_thresholds(shipped_cohort.NAME)
    first = strangers.first_recordings(new)
    for name in sorted(first)[::2]:
        gallery.enroll(name, first[name].segments)
    kinds = {name: generated(name) for name in KINDS} | {
        f"{text} (NSTDB)": recorded(name) for name, text in NOISES.items()
    }
    threshold = gallery.identify(new[0].segments[:1], RATE).threshold
    return {
        "dt4ecg": dt4ecg.__version__,
        "signals": {name: judged(gallery, X, threshold) for name, X in kinds.items()},
        "clean": {
            "ECG-ID, test people": usable(np.concatenate([one.segments for one in new])),
            "motion set, rest": usable(
                np.concatenate([s.segments for s in sets.motion() if s.activity == "rest"])
            ),
        },
        "upside down": upside_down(gallery, [s for s in new if s is not first[s.subject]]),
    }


def generated(name: str) -> np.ndarray:
    """Return segments of the held-out signals of benchmarks.quality, all with one filter."""
    kind, (seed, count) = list(other_signals.KINDS).index(name), SIGNALS["test"]
    found = []
    for k in range(count):
        rng = np.random.default_rng([seed, kind, k])
        rate = float(rng.choice([rate for rate in RATES if rate > 125]))
        samples = other_signals.KINDS[name](rng, int(SECONDS * rate), rate)
        found.append(sets.PREPROCESSOR.transform(Recording(samples, rate)))
    return np.concatenate(found)


def recorded(name: str) -> np.ndarray:
    """Return ten minutes of two channels of noise of the MIT-BIH Noise Stress Test Database."""
    folder = locate(MOTION_ECG).parent / "nstdb_noise"
    found = []
    for channel in (0, 1):
        record = read_wfdb(folder / name, channels=[channel])
        recording = Recording(record.samples[0], record.sampling_rate)
        found.append(Preprocessor(notch=60).transform(recording))
    return np.concatenate(found)


def judged(gallery: Gallery, X: np.ndarray, threshold: float) -> dict:
    good = np.flatnonzero(segment_quality(X, 100).usable)
    named = sum(bool(gallery.identify(X[i : i + 1], RATE)) for i in good)
    claimed = sum(
        bool(gallery.verify(gallery.names[i % len(gallery)], X[i : i + 1], RATE)) for i in good
    )
    living = X[np.ptp(X[:, 0], axis=1) > 0]
    scores = gallery.encoder.embed(living) @ gallery._templates.vectors.T
    return {
        "usable": counted(len(good), len(X)),
        "named": counted(named, len(X)),
        "claims accepted": counted(claimed, len(X)),
        "named without the quality check": counted(int((scores.max(1) >= threshold).sum()), len(X)),
    }


def usable(X: np.ndarray) -> dict:
    return counted(int(segment_quality(X, 100).usable.sum()), len(X))


def upside_down(gallery: Gallery, signals: list[Signal]) -> dict:
    """Count names and warnings of probes of one segment, as they are and with the opposite sign."""
    found: dict = {}
    for sign, text in ((1, "as recorded"), (-1, "opposite sign")):
        for own in (True, False):
            mine = [s for s in signals if (s.subject in gallery.names) == own]
            named = warned = n = 0
            for signal in mine:
                for segment in signal.segments:
                    with warnings.catch_warnings(record=True) as caught:
                        warnings.simplefilter("always")
                        named += bool(gallery.identify(sign * segment[None], RATE))
                    warned += len(caught)
                    n += 1
            found[f"{'enrolled' if own else 'strangers'}, {text}"] = {
                "named": counted(named, n),
                "warned": counted(warned, n),
            }
    return found
