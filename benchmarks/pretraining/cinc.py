"""CinC 2017 with few and with all labels of the training part, scored on the test part."""

import time
from pathlib import Path

import numpy as np

from benchmarks import cinc_2017
from benchmarks.pretraining import evaluation, sets
from benchmarks.pretraining.cells import Cells
from dt4ecg import DT4ECGClassifier
from dt4ecg.inference import ECGEncoder
from dt4ecg.nn import Network

EPOCHS = {0.1: 10, 1.0: 6}
WINDOWS = 2  # of 9 s, of each recording: the first and the last
BATCH = 16
ABOUT = {
    "data": "CinC 2017: training with labels of the part train (60 %), scores on the part test "
    "(30 %), which no pre-training and no choice has seen; people are recordings",
    "score": "macro F1 of N, A and O over all test recordings; mean probability of at most two "
    "windows of 9 s; a recording without a usable window counts as '~'",
    "recipe": "resnet with sca, recipe strong, batch 16; 10 epochs with 10 % of the labels, 6 with "
    "all; frozen: logistic regression on mean and deviation of the features of 3-s segments",
}


def frozen(cells: Cells, weights: Path, name: str, seed: int) -> None:
    """Score a logistic regression on frozen features with 10 % of the labels."""
    test = evaluation.test_recordings()
    train = sets.share_of_labels(0.1, seed)
    network = (
        Network(tasks={"rhythm": 1}, segment_length=300, seed=0, standardize=True).eval()
        if name == "random weights"
        else ECGEncoder.load(weights / f"{name}.safetensors").network
    )
    features = evaluation.Features(network, np.concatenate([train, test]))
    cells.add("frozen", name, 0.1, seed, features.predictions(train, test))


def trained(cells: Cells, weights: Path, name: str, share: float, seed: int) -> None:
    """Train a classifier from scratch or from an encoder, and score it."""
    labels = sets.rhythms()
    windows, owner = sets.windows(sets.ROW_SECONDS, WINDOWS)
    mine = np.isin(owner, sets.share_of_labels(share, seed))
    start = time.process_time()
    classifier = DT4ECGClassifier(
        tasks=("rhythm",),
        recipe="strong",
        epochs=EPOCHS[share],
        batch_size=BATCH,
        n_threads=1,
        random_state=seed,
        init=None if name == "scratch" else weights / f"{name}.safetensors",
    ).fit(windows[mine], labels[owner[mine]])
    seconds = time.process_time() - start
    test = evaluation.test_recordings()
    rows = np.isin(owner, test)
    probabilities = classifier.predict_proba(windows[rows])
    summed = np.zeros((len(labels), len(sets.CLASSES)))
    np.add.at(summed, owner[rows], probabilities)
    predicted = np.where(summed.sum(1) > 0, summed.argmax(1), sets.CLASSES.index("~"))
    cells.add("trained", name, share, seed, predicted[test], round(seconds))


def summary(cells: Cells) -> dict:
    """Return scores with intervals, and the differences to the training from scratch."""
    labels = sets.rhythms()[evaluation.test_recordings()]
    found = {"n_test": len(labels), "recordings": len(cinc_2017.labels()), "arms": {}}
    for kind, name, share in sorted({(c["kind"], c["name"], c["share"]) for c in cells.all}):
        several = cells.of(kind, name, share)
        entry = {
            "kind": kind,
            "name": name,
            "share": share,
            "seeds": [c["seed"] for c in several],
            "macro_f1": [
                round(evaluation.macro_f1(labels, np.array(c["predicted"])), 4) for c in several
            ],
            "interval": evaluation.interval(labels, [np.array(c["predicted"]) for c in several]),
        }
        entry["mean"] = round(float(np.mean(entry["macro_f1"])), 4)
        base = cells.of("trained", "scratch", share)
        common = [s for s in entry["seeds"] if s in [c["seed"] for c in base]]
        if name != "scratch" and common:
            mine = [np.array(c["predicted"]) for c in several if c["seed"] in common]
            other = [np.array(c["predicted"]) for c in base if c["seed"] in common]
            gains = [
                evaluation.macro_f1(labels, one) - evaluation.macro_f1(labels, two)
                for one, two in zip(mine, other, strict=True)
            ]
            entry["gain"] = round(float(np.mean(gains)), 4)
            entry["gain_by_seed"] = [round(gain, 4) for gain in gains]
            if len(gains) > 1:
                entry["gain_interval_over_seeds"] = evaluation.t_interval(gains)
            entry["gain_interval"] = evaluation.interval(labels, mine, other)
        found["arms"][f"{kind}, {name}, {share:g}"] = entry
    return found
