"""How many segments of ECG and of other signals the quality check refuses.

    python -m benchmarks.quality
    python -m benchmarks.quality --fit

The first prints the tables of docs/quality.md: held-out parts alone. The second fits the logistic
regression to the training parts and prints its coefficients, which cpp/src/signal/quality.cpp has
rounded.
"""

import csv
import sys
import warnings
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import NamedTuple

import numpy as np

from benchmarks import other_signals
from dt4ecg import Preprocessor, protocols
from dt4ecg.datasets import from_recordings, simulate_cohort
from dt4ecg.datasets.ecg_id import ECG_ID, ecg_id_recordings
from dt4ecg.datasets.locate import locate
from dt4ecg.datasets.motion import MOTION_ECG, motion_ecg_recordings
from dt4ecg.estimator.polarity import reversed_leads, skewness_range
from dt4ecg.io import Recording
from dt4ecg.io.formats.wfdb import read_wfdb
from dt4ecg.metrics import wilson_interval
from dt4ecg.signal import Quality

CLEAN_GRADE = 2  # of 1, clean, to 4, unreadable; the grades are those of the author of the set
SIGNALS = {"train": (100, 80), "test": (200, 120)}  # seed and number of signals of each kind
SECONDS = 18
RATES = (100, 125, 130, 200, 250, 256, 300, 360, 500, 512, 1000)


class Rows(NamedTuple):
    """The quality of some segments of one kind, all of one part."""

    name: str
    part: str  # "train", "test", or "" for neither
    quality: Quality
    fitted: bool = True  # whether the regression uses them


def assess(recordings: list[Recording], preprocessor: Preprocessor) -> list[Quality]:
    found = preprocessor.transform_each(
        [recording.samples for recording in recordings],
        [recording.sampling_rate for recording in recordings],
        [recording.gaps for recording in recordings],
    )
    return [one.quality for one in found]


def select(quality: Quality, rows: np.ndarray) -> Quality:
    return Quality(*(getattr(quality, one.name)[rows] for one in fields(quality)))


def join(several: list[Quality]) -> Quality:
    columns = (np.concatenate([getattr(q, one.name) for q in several]) for one in fields(Quality))
    return Quality(*columns)


def motion() -> Iterator[Rows]:
    recordings = motion_ecg_recordings()
    preprocessor = Preprocessor(notch=MOTION_ECG.mains_frequency)
    data = from_recordings(recordings, preprocessor, name=MOTION_ECG.name)
    quality = join(assess(recordings, preprocessor))
    for protocol in ("blocked", "session"):
        split = protocols.split(data, protocol, seed=0)
        groups = [split.test[data.groups[split.test] == i] for i in np.unique(data.groups)]
        tested = [select(quality, rows) for rows in groups if len(rows)]
        report_polarity(f"motion-ecg, {protocol}", select(quality, split.train), tested)
    split = protocols.split(data, "blocked", seed=0)
    grades = np.zeros(len(data))
    with np.load(locate(MOTION_ECG) / "ctu_motion_ecg.npz") as archive:
        for i, start in enumerate(data.meta["start"]):
            recording = recordings[data.groups[i]]
            grade = archive[f"artifact_{recording.name}"]
            first = int(start * recording.sampling_rate) // 1000  # one grade per 1000 samples
            grades[i] = grade[first : first + 3].max(initial=0)
    for part, rows in (("train", split.train), ("test", split.test)):
        for activity in MOTION_ECG.activities:
            mine = rows[data.meta["activity"][rows] == activity]
            clean = mine[grades[mine] <= CLEAN_GRADE]
            yield Rows(f"motion-ecg, {activity}, all", part, select(quality, mine), fitted=False)
            yield Rows(f"motion-ecg, {activity}, graded 1 or 2", part, select(quality, clean))


def ecg_id() -> Iterator[Rows]:
    """Two thirds of the people on their first day are the training part."""
    recordings = ecg_id_recordings()
    filtered = []
    for recording in recordings:
        record = read_wfdb(locate(ECG_ID) / f"Person_{recording.name[7:]}", channels=[1])
        filtered.append(
            Recording(record.samples[0], recording.sampling_rate, subject=recording.subject)
        )
    first = {}
    for recording in recordings:
        first[recording.subject] = min(first.get(recording.subject, "9"), recording.session)
    train = np.array([r.session == first[r.subject] and int(r.subject) % 3 > 0 for r in recordings])
    preprocessor = Preprocessor(notch=ECG_ID.mains_frequency)
    for name, several in (("raw", recordings), ("filtered", filtered)):
        quality = assess(several, preprocessor)
        trained = join([quality[i] for i in np.flatnonzero(train)])
        report_polarity(f"ecg-id, {name}", trained, [quality[i] for i in np.flatnonzero(~train)])
        for part, mine in (("train", train), ("test", ~train)):
            yield Rows(f"ecg-id, {name}", part, join([quality[i] for i in np.flatnonzero(mine)]))


def cinc_2017() -> Iterator[Rows]:
    """Every third recording is held out. Only those of class N take part in the fit."""
    folder = locate(MOTION_ECG).parent / "cinc2017_af"
    with np.load(folder / "cinc2017_af.npz") as archive:
        samples = np.split(
            np.cumsum(archive["delta"], dtype=np.int16), np.cumsum(archive["length"])[:-1]
        )
    with open(folder / "manifest.csv", encoding="utf-8") as file:
        labels = np.array([row["label"] for row in csv.DictReader(file)])
    chosen = np.random.default_rng(0).permutation(len(samples))[:1500]
    for label in ("N", "A", "O", "~"):
        for part, held_out in (("train", False), ("test", True)):
            mine = [i for i in chosen if labels[i] == label and (i % 3 == 0) == held_out]
            recordings = [Recording(samples[i][:900], 100.0, subject=str(i)) for i in mine]
            quality = join(assess(recordings, Preprocessor(notch=None)))
            yield Rows(f"CinC 2017, class {label}", part, quality, fitted=label == "N")


def simulated() -> Iterator[Rows]:
    for part, seed in (("train", 3), ("test", 0)):
        cohort = simulate_cohort(seconds=30, sampling_rate=500.0, seed=seed)
        for activity in ("rest", "exercise", "deep_breathing"):
            mine = [recording for recording in cohort if recording.activity == activity]
            quality = join(assess(mine, Preprocessor(notch=None)))
            yield Rows(f"simulated, {activity.replace('_', ' ')}", part, quality)


def generated() -> Iterator[Rows]:
    """Signals with and without a notch, zero-phase and causal."""
    for kind, (name, make) in enumerate(other_signals.KINDS.items()):
        for part, (seed, count) in SIGNALS.items():
            found = []
            for k in range(count):
                rng = np.random.default_rng([seed, kind, k])
                rates = [rate for rate in RATES if rate > 125 or not name.startswith("mains")]
                rate = float(rng.choice(rates))
                notch = [None, 50, 60][k % 3] if rate > 125 else None
                preprocessor = Preprocessor(notch=notch, zero_phase=k % 2 == 0)
                samples = make(rng, int(SECONDS * rate), rate)
                found += assess([Recording(samples, rate, subject=name)], preprocessor)
            yield Rows(name, part, join(found))


def features(quality: Quality) -> np.ndarray:
    """Return the five features of the regression, as cpp/src/signal/quality.cpp computes them."""
    return np.column_stack(
        [
            np.minimum(np.log(quality.kurtosis[:, 0]), 2.2),
            np.maximum(quality.similarity[:, 0], -0.5),
            quality.step[:, 0],
            np.log10(np.maximum(quality.qrs_share[:, 0], 0.003)),
            np.log10(np.maximum(quality.noise[:, 0], 0.03)),
        ]
    )


def fit(ecg: list[Rows], other: list[Rows]) -> None:
    """Fit the regression. All kinds of ECG weigh the same, and so do all kinds of other signals."""
    from sklearn.linear_model import LogisticRegression

    X, y, weight = [], [], []
    for several, label in ((ecg, True), (other, False)):
        several = [rows for rows in several if rows.part == "train" and rows.fitted]
        for rows in several:
            living = rows.quality.lead_scores[:, 0] > 0  # the others are refused by their shares
            if living.any():
                X.append(features(select(rows.quality, living)))
                y.append(np.full(living.sum(), label))
                weight.append(np.full(living.sum(), 1 / living.sum() / len(several)))
    x, targets = np.concatenate(X), np.concatenate(y)
    weights = np.concatenate(weight) * len(x) / 2
    scale = x.std(axis=0)
    model = LogisticRegression(C=1e4, max_iter=3000)
    model.fit(x / scale, targets, sample_weight=weights)
    print("intercept", model.intercept_.round(2), "coefficients", (model.coef_ / scale).round(2))


def report_polarity(name: str, trained: Quality, tested: list[Quality]) -> None:
    """Print how many recordings seem to have swapped electrodes, as they are and upside down."""
    ranges = skewness_range(trained)
    assert ranges is not None
    found = []
    for sign in (1, -1):
        several = [replace(one, skewness=sign * one.skewness) for one in tested]
        found.append(sum(bool(reversed_leads(one, ranges)) for one in several))
    n = len(tested)
    print(f"{name}: warned of {found[0]}/{n} recordings, and upside down of {found[1]}/{n}")


def report(several: list[Rows]) -> None:
    print("| held-out segments of | unusable | % (95 % interval) |\n| --- | --- | --- |")
    for rows in several:
        n = len(rows.quality)
        if rows.part == "train" or n == 0:
            continue
        k = n - int(rows.quality.usable.sum())
        low, high = (100 * bound for bound in wilson_interval(k, n))
        print(f"| {rows.name} | {k}/{n} | {100 * k / n:.1f} ({low:.1f}-{high:.1f}) |")


def main() -> None:
    warnings.filterwarnings("ignore", message=".*(flat|taken as lost|is taken|no segment)")
    other = list(generated())
    ecg = [*motion(), *ecg_id(), *cinc_2017(), *simulated()]
    if sys.argv[1:] == ["--fit"]:
        fit(ecg, other)
        return
    report(ecg)
    print()
    report(other)


if __name__ == "__main__":
    main()
