"""The two Siamese networks on random pairs of people seen in training, and on new people."""

from pathlib import Path

import numpy as np
from sklearn.metrics import roc_curve

from benchmarks.verification import sets, strangers
from dt4ecg.biometrics import Verifier, curves
from dt4ecg.cli.json_output import write_json

NETWORKS = ("transformer", "cnn_transformer")
STEPS = 400
PAIRS = 2000  # of each kind


def claims(steps: int, out: Path) -> None:
    """Train each network on 70 % of the segments of 60 people, and judge three kinds of pairs.

    `seen, random` has pairs of the other segments of the same people: segments of one recording are
    on both sides of the split. `new, any` has pairs of the test people. `new, other day` has pairs
    of the test people where the two segments of one person are of different days. The threshold is
    the best one on the pairs of the training segments.
    """
    X, person, _ = segments(("train", "validation"))
    new, stranger, new_day = segments(("test",))
    is_train = np.random.default_rng(0).random(len(X)) < 0.7
    found = {}
    for name in NETWORKS:
        verifier = Verifier(
            name, loss="contrastive", steps=steps, subjects_per_batch=32, n_threads=1
        ).fit(X[is_train], person[is_train])
        scores, same, _ = pairs(verifier.embed(X[is_train]), person[is_train])
        false, true, limits = roc_curve(same, scores)
        threshold = float(limits[np.argmax(true - false)])
        kinds = {
            "seen, random": pairs(verifier.embed(X[~is_train]), person[~is_train]),
            "new, any": pairs(verifier.embed(new), stranger),
            "new, other day": pairs(verifier.embed(new), stranger, new_day),
        }
        found[name] = {kind: judged(*three, threshold) for kind, three in kinds.items()}
        print(name, found[name], flush=True)
        write_json(out, {"steps": steps, "networks": found})


def segments(parts: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    signals = sets.ecg_id(parts)
    X, person = strangers.stacked(signals)
    return X, person, np.repeat([s.session for s in signals], [len(s.segments) for s in signals])


def pairs(
    vectors: np.ndarray, person: np.ndarray, day: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw as many pairs of one person as of two; return scores, kinds and people."""
    first, second = np.triu_indices(len(vectors), 1)
    same = person[first] == person[second]
    legal = same if day is None else same & (day[first] != day[second])
    generator = np.random.default_rng(0)
    chosen = np.concatenate(
        [generator.choice(np.flatnonzero(kind), PAIRS) for kind in (legal, ~same)]
    )
    first, second = first[chosen], second[chosen]
    scores = (vectors[first] * vectors[second]).sum(1)
    return scores, same[chosen], np.stack([person[first], person[second]], 1)


def judged(scores: np.ndarray, same: np.ndarray, people: np.ndarray, threshold: float) -> dict:
    right = (scores >= threshold) == same
    found = strangers.counted(int(right.sum()), len(right), strangers.resampled(right, people))
    rates = curves(scores, same, people)
    return found | {
        "equal_error_rate": rates.equal_error_rate,
        "equal_error_interval": list(rates.equal_error_interval or ()),
    }
