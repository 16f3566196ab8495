"""The encoder of the package and its baselines on the test part."""

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

import dt4ecg
from benchmarks.verification import beats, sets, strangers, trials
from benchmarks.verification.sets import Signal
from dt4ecg.cli.json_output import write_json

ACTIVITIES = ("rest", "walk", "run")
EPOCHS = 20


def test(path: str | Path, out: Path) -> None:
    """Write all numbers of docs/verification.md that need the test part and the encoder."""
    encoder = dt4ecg.load(path)
    ours = trials.cosine(encoder.embed)
    found: dict = {"dt4ecg": dt4ecg.__version__}
    for name, part in (
        ("strangers", lambda: strangers.accepted(encoder)),
        ("motion-ecg", lambda: motion(ours)),
        ("ecg-id", lambda: ecg_id(ours)),
    ):
        found[name] = part()
        print(name, flush=True)
        write_json(out, found)


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
    """Other electrodes of the people of the motion set; see motion_folds for the classifier."""
    signals = sets.motion()
    return {
        activity: with_differences(
            {
                "encoder": trials.other_electrode(ours, signals, activity),
                "median beats": trials.other_electrode(beats.correlation, signals, activity),
            }
        )
        for activity in ACTIVITIES
    }


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
