"""PTB-XL 500: five superclasses from 12 leads, ten official folds, with a frozen encoder.

The encoder was pre-trained on one lead of other data. It describes each lead by the mean and the
deviation of the features of three segments of 3 s; a logistic regression per superclass follows.
"""

from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.pretraining import sets
from dt4ecg.inference import ECGEncoder, predict_embedding
from dt4ecg.nn import Network

PENALTY = 0.001
RESAMPLES = 1000
SECONDS = 3
ABOUT = {
    "data": "PTB-XL 500: 500 recordings of 466 patients, 12 leads, five superclasses; ten official "
    "folds, each tested once",
    "score": "macro AUROC over the superclasses, of the scores of all folds together; bootstrap "
    "over patients",
}


def features(network: Network) -> np.ndarray:
    """Return features (500, 12 * 2 * channels)."""
    x, _, _, _ = sets.ptbxl()
    samples = 100 * SECONDS
    pieces = np.stack([x[..., i * samples : (i + 1) * samples] for i in range(3)], 2)
    vectors = predict_embedding(network, pieces.reshape(-1, 1, samples)).numpy()
    vectors = vectors.reshape(*pieces.shape[:3], -1)
    return np.concatenate([vectors.mean(2), vectors.std(2)], -1).reshape(len(x), -1)


def scores(x: np.ndarray) -> np.ndarray:
    """Return the score of each recording and superclass by a model of the other nine folds."""
    _, labels, fold, _ = sets.ptbxl()
    found = np.zeros(labels.shape)
    for one in range(1, 11):
        train, test = fold != one, fold == one
        for k in range(labels.shape[1]):
            model = make_pipeline(
                StandardScaler(),
                LogisticRegression(C=PENALTY, class_weight="balanced", max_iter=1000),
            )
            model.fit(x[train], labels[train, k])
            found[test, k] = model.decision_function(x[test])
    return found


def study(weights: Path, names: list[str]) -> dict:
    """Return the macro AUROC of each encoder and of random weights."""
    _, labels, _, patient = sets.ptbxl()
    people, of_person = np.unique(patient, return_inverse=True)
    rows = [np.flatnonzero(of_person == i) for i in range(len(people))]
    found = {}
    for name in ["random weights", *names]:
        network = (
            Network(tasks={"rhythm": 1}, segment_length=300, seed=0, standardize=True).eval()
            if name == "random weights"
            else ECGEncoder.load(weights / f"{name}.safetensors").network
        )
        score = scores(features(network))
        generator = np.random.default_rng(0)
        resampled = []
        for _ in range(RESAMPLES):
            chosen = np.concatenate(
                [rows[i] for i in generator.integers(len(people), size=len(people))]
            )
            resampled.append(roc_auc_score(labels[chosen], score[chosen], average="macro"))
        found[name] = {
            "macro_auroc": round(float(roc_auc_score(labels, score, average="macro")), 4),
            "interval": [round(float(v), 4) for v in np.quantile(resampled, [0.025, 0.975])],
            "auroc": {
                one: round(float(roc_auc_score(labels[:, k], score[:, k])), 4)
                for k, one in enumerate(sets.SUPERCLASSES)
            },
        }
        print(name, found[name], flush=True)
    return found
