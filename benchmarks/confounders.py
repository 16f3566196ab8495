"""The effect of training against confounders: what remains of them, and the main task.

    python -m benchmarks.confounders --out benchmarks/results/confounders.json

Motion set, recipe "strong". By people: each fifth of the people is tested once on activity, and the
confounder is the person. By session: each electrode is tested once on identity, and the confounders
are activity and electrode. Networks and probes never see the last quarter of the training
recordings. Probes of person and electrode are tested there, and those of activity on the held-out
electrode.
"""

from functools import partial

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import dt4ecg
from benchmarks import study
from dt4ecg import protocols
from dt4ecg.datasets import SegmentSet
from dt4ecg.metrics import linear_probe
from dt4ecg.paper.design.sources import digest
from dt4ecg.training import Deconfounding, LinearEraser

EPOCHS = 8
SEEDS = (0,)
LATE = 0.75  # share of a recording that may be trained on
ARMS = {
    "none": None,
    "confusion": Deconfounding("confusion"),
    "reversal": Deconfounding("reversal"),
    "confusion as released": Deconfounding("confusion-released"),
}
# The main task and the confounders of each protocol, as columns of the meta data.
STUDIES = {"subject": ("activity", ("subject",)), "session": ("subject", ("activity", "session"))}


def late(data: SegmentSet) -> np.ndarray:
    """Return which segments lie in the last quarter of their recording."""
    found = np.zeros(len(data), bool)
    for group in np.unique(data.groups):
        rows = data.groups == group
        found[rows] = data.meta["start"][rows] > LATE * data.meta["stop"][rows].max()
    return found


def counts(people: np.ndarray, hits: np.ndarray) -> dict[str, list[int]]:
    """Return correct segments and all segments of each person."""
    return {
        str(one): [int(hits[people == one].sum()), int((people == one).sum())]
        for one in np.unique(people)
    }


def trial(data: SegmentSet, protocol: str, fold: int, seed: int, arm: str) -> dict:
    main, confounders = STUDIES[protocol]
    split = list(protocols.folds(data, protocol))[fold]
    is_late = late(data)
    early, held = split.train[~is_late[split.train]], split.train[is_late[split.train]]
    labels = data.meta[main]
    classifier = dt4ecg.DT4ECGClassifier(
        tasks=(main,),
        epochs=EPOCHS,
        n_threads=1,
        random_state=seed,
        recipe="strong",
        deconfounding=ARMS[arm],
    )
    against = {name: data.meta[name][early] for name in confounders}
    classifier.fit(data.X[early], labels[early], confounders=against if ARMS[arm] else None)
    features = classifier.embed(data.X)
    hits = classifier.predict(data.X[split.test]) == labels[split.test]
    found = {"network": row(data, protocol, features, hits, split.test, early, held)}
    if arm == "none":
        eraser = LinearEraser()
        erased = eraser.fit(features[early], np.stack([*against.values()], axis=1)).transform(
            features
        )
        for name, some in (("regression", features), ("regression, erased", erased)):
            model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
            model.fit(some[early], labels[early])
            hits = model.predict(some[split.test]) == labels[split.test]
            found[name] = row(data, protocol, some, hits, split.test, early, held)
    return found


def row(
    data: SegmentSet,
    protocol: str,
    features: np.ndarray,
    hits: np.ndarray,
    test: np.ndarray,
    early: np.ndarray,
    held: np.ndarray,
) -> dict:
    """Return the counts of the main task and of the probes of each confounder."""
    people = data.meta["subject"]
    found = {"main": counts(people[test], hits)}
    for name in STUDIES[protocol][1]:
        rows = test if name == "activity" else held
        labels = data.meta[name]
        probe = linear_probe(features[early], labels[early], features[rows], labels[rows])
        found[name] = {**counts(people[rows], probe.hits), "chance": round(probe.chance, 4)}
    return found


def trials(data: SegmentSet) -> study.Trials:
    for seed in SEEDS:
        for protocol in STUDIES:
            for arm in ARMS:
                for fold in range(len(list(protocols.folds(data, protocol)))):
                    name = f"{protocol} | fold {fold} | seed {seed} | {arm}"
                    yield name, partial(trial, data, protocol, fold, seed, arm)


def main() -> None:
    out = study.out_of(__doc__)
    torch.set_num_threads(1)
    data = dt4ecg.datasets.load_motion_ecg(preprocessor=dt4ecg.Preprocessor(notch=50))
    about = {"epochs": EPOCHS, "segments": digest(data), "studies": STUDIES}
    about["studies"] = {name: [main, *rest] for name, (main, rest) in STUDIES.items()}
    found = study.run(out, about, trials(data))
    for name, result in found.items():
        for arm, parts in result.items():
            shares = {
                what: sum(cell[0] for cell in of.values() if isinstance(cell, list))
                / sum(cell[1] for cell in of.values() if isinstance(cell, list))
                for what, of in parts.items()
            }
            print(name, arm, {what: round(100 * share, 1) for what, share in shares.items()})


if __name__ == "__main__":
    main()
