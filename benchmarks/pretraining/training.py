"""The pre-trainings that are compared on validation recordings; the best one ships."""

import time
from pathlib import Path

import numpy as np

import dt4ecg
from benchmarks.pretraining import evaluation, sets
from dt4ecg import Preprocessor
from dt4ecg.cli.json_output import write_json
from dt4ecg.nn import Network
from dt4ecg.storage import encoder_file
from dt4ecg.training.pretraining import BYOL, Crops, SelfDistillation, SimCLR

MILD = Crops(local=2, short_share=(0.3, 0.6), silence=(0.0, 0.2))
COMMON = {"segment_length": 300, "n_threads": 1, "preprocessor": Preprocessor(notch=50)}
CANDIDATES = {  # about equal times of a processor core
    "SimCLR, mild crops": SimCLR(epochs=9, batch_size=128, crops=MILD, **COMMON),
    "self-distillation, mild crops, rate 1e-3": SelfDistillation(
        epochs=3, teacher_momentum=0.99, learning_rate=1e-3, crops=MILD, **COMMON
    ),
    "self-distillation, mild crops": SelfDistillation(
        epochs=3, teacher_momentum=0.99, crops=MILD, **COMMON
    ),
    "BYOL": BYOL(epochs=6, batch_size=128, **COMMON),
    "SimCLR": SimCLR(epochs=9, batch_size=128, **COMMON),
    "self-distillation": SelfDistillation(epochs=3, teacher_momentum=0.99, **COMMON),
}
ABOUT = {
    "licence": "ODC-BY 1.0",
    "attribution": (
        "Contains information from the PhysioNet/Computing in Cardiology Challenge 2017 training "
        "set (G. D. Clifford, C. Liu, B. Moody, L. H. Lehman, I. Silva, Q. Li, A. E. Johnson, "
        "R. G. Mark; doi:10.13026/d3hm-sf11) and the ECG-ID Database (T. S. Lugovaya; "
        "doi:10.13026/C2J01F), which are made available under the Open Data Commons Attribution "
        "License 1.0, https://opendatacommons.org/licenses/by/1-0/; PhysioNet: A. L. Goldberger "
        "et al., Circulation 101(23):e215-e220, 2000."
    ),
    "data": "60 % of the recordings of CinC 2017 and 60 people of ECG-ID, without labels",
    "training": "python -m benchmarks.pretraining choice",
    "card": "docs/model-cards/ecg-encoder.md",
}
LABEL_SEEDS = (0, 1, 2)


def validation_scores(network: Network) -> list[float]:
    """Return the macro F1 on the validation recordings with 10 % of the training labels."""
    draws = [sets.share_of_labels(0.1, seed) for seed in LABEL_SEEDS]
    test = evaluation.validation_recordings()
    features = evaluation.Features(network, np.unique(np.concatenate([*draws, test])))
    labels = sets.rhythms()[test]
    return [
        round(evaluation.macro_f1(labels, features.predictions(train, test)), 4) for train in draws
    ]


def choice(out: Path, weights: Path, only: str | None) -> None:
    """Train each candidate that has no result yet, and score it on the validation recordings."""
    results = read(out)
    for name, estimator in CANDIDATES.items():
        if name in results["candidates"] or (only is not None and name != only):
            continue
        start = time.process_time()
        estimator.fit(sets.rows())
        seconds = time.process_time() - start
        weights.mkdir(parents=True, exist_ok=True)
        estimator.save(weights / f"{name}.safetensors", ABOUT)
        record(out, results, name, estimator.network_, seconds, estimator.losses_)


def untrained(out: Path) -> None:
    """Score a network with random weights, and the encoder of identity, for comparison."""
    results = read(out)
    network = Network(tasks={"rhythm": 1}, segment_length=300, seed=0, standardize=True).eval()
    record(out, results, "random weights", network, 0.0, np.array([np.nan]))
    encoder = dt4ecg.load("identity-encoder")
    record(out, results, "identity-encoder", encoder.network, 0.0, np.array([np.nan]))


def record(
    out: Path, results: dict, name: str, network: Network, seconds: float, losses: np.ndarray
) -> None:
    scores = validation_scores(network)
    entry = {"validation_macro_f1": scores, "mean": round(float(np.mean(scores)), 4)}
    if seconds:
        entry |= {
            "cpu_seconds": round(seconds),
            "steps": len(losses),
            "first_loss": round(float(losses[:20].mean()), 4),
            "last_loss": round(float(losses[-20:].mean()), 4),
        }
    results["candidates"][name] = entry
    print(name, entry, flush=True)
    write_json(out, results)


def read(out: Path) -> dict:
    import json

    if out.exists():
        return json.loads(out.read_text())
    return {
        "command": "python -m benchmarks.pretraining choice",
        "data": "CinC 2017: pre-training on the part train without labels, and on 60 people of "
        "ECG-ID; logistic regression on frozen features with 10 % of the labels of train; macro "
        "F1 of N, A, O on the part validation (853 recordings), three draws of the labels",
        "dt4ecg": dt4ecg.__version__,
        "candidates": {},
    }


def load(path: Path) -> Network:
    return encoder_file.read(path).network
