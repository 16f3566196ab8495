"""The encoder of the package and its baselines on the test part."""

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

import dt4ecg
from benchmarks.verification import beats, sets, strangers, trials
from benchmarks.verification.sets import Signal

ACTIVITIES = ("rest", "walk", "run")
FOLDS = (("01", "02", "03"), ("04", "05", "06"), ("07", "08", "09", "10"))
EPOCHS = 20


def test(path: str | Path) -> dict:
    """Return all numbers of docs/verification.md that need the test part."""
    encoder = dt4ecg.load(path)
    ours = trials.cosine(encoder.embed)
    return {
        "dt4ecg": dt4ecg.__version__,
        "ecg-id": ecg_id(ours),
        "motion-ecg": motion(ours),
        "strangers": strangers.accepted(encoder),
    }


def ecg_id(ours: trials.Score) -> dict:
    """Other days of people of the test part, with one segment and with five."""
    known, new = sets.ecg_id(("train", "validation")), sets.ecg_id(("test",))
    arms = {
        "encoder": ours,
        "median beats": beats.correlation,
        "classifier": trials.cosine(classifier(known)),
    }
    return {
        str(n): with_differences({a: trials.other_day(score, new, n) for a, score in arms.items()})
        for n in (1, 5)
    }


def motion(ours: trials.Score) -> dict:
    """Other electrodes of the people of the motion set.

    The classifier is trained on the people outside each fold, so all arms have the pairs within a
    fold. The entry "all pairs" has those of different folds too.
    """
    signals = sets.motion()
    models = [
        trials.cosine(classifier([one for one in signals if one.subject not in fold]))
        for fold in FOLDS
    ]
    found = {}
    for activity in ACTIVITIES:
        arms = {
            name: trials.other_electrode(score, signals, activity)
            for name, score in (("encoder", ours), ("median beats", beats.correlation))
        }
        within = {
            name: trials.joined([arms[name].of_people(set(f)) for f in FOLDS]) for name in arms
        }
        within["classifier"] = trials.joined(
            [
                trials.other_electrode(
                    model, [one for one in signals if one.subject in fold], activity
                )
                for model, fold in zip(models, FOLDS, strict=True)
            ]
        )
        found[activity] = {
            "all pairs": with_differences(arms),
            "within folds": with_differences(within),
        }
    return found


def with_differences(arms: dict[str, trials.Pairs]) -> dict:
    """Return the error rates of each arm, and by how much the encoder's is lower."""
    found: dict = {name: pairs.curves().to_dict() for name, pairs in arms.items()}
    for name, pairs in arms.items():
        if name != "encoder":
            found[name]["encoder less this"] = trials.difference(arms["encoder"], pairs)
    return found


def classifier(signals: list[Signal]) -> Callable[[np.ndarray], np.ndarray]:
    """Train the classifier of identity on people, and return its features."""
    X = np.concatenate([one.segments for one in signals])
    names = np.repeat([one.subject for one in signals], [len(one.segments) for one in signals])
    model = dt4ecg.DT4ECGClassifier(tasks=("identity",), epochs=EPOCHS, n_threads=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return model.fit(X, names).embed
