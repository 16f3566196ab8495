"""Scores, and a logistic regression on the features of a frozen network."""

import numpy as np
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks import cinc_2017
from benchmarks.pretraining import sets
from dt4ecg.inference import predict_embedding
from dt4ecg.nn import Network

PENALTY = 0.01  # inverse strength of the penalty of the logistic regression
RESAMPLES = 1000


class Features:
    """Features of recordings of CinC 2017 from a frozen network.

    They are the mean and the standard deviation of the vectors of at most 8 segments of 3 s.
    """

    def __init__(self, network: Network, chosen: np.ndarray) -> None:
        windows, owner = sets.windows(3.0, 8)
        mine = np.isin(owner, chosen)
        vectors, owner = predict_embedding(network, windows[mine]).numpy(), owner[mine]
        self.rows = {
            int(i): np.concatenate([vectors[owner == i].mean(0), vectors[owner == i].std(0)])
            for i in np.unique(owner)
        }

    def of(self, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the features of recordings, and those of them that have a usable segment."""
        kept = np.array([i for i in chosen if i in self.rows])
        return np.stack([self.rows[i] for i in kept]), kept

    def predictions(self, train: np.ndarray, test: np.ndarray) -> np.ndarray:
        """Return the classes of test recordings; those without a usable segment are noise."""
        labels = sets.rhythms()
        x, kept = self.of(train)
        model = make_pipeline(StandardScaler(), LogisticRegression(C=PENALTY, max_iter=2000))
        model.fit(x, labels[kept])
        x, kept = self.of(test)
        predicted = np.full(len(labels), sets.CLASSES.index("~"))
        predicted[kept] = model.predict(x)
        return predicted[test]


def macro_f1(labels: np.ndarray, predicted: np.ndarray) -> float:
    """Return the mean F1 of N, A and O, as the challenge scores; 0 for a class without any."""
    n = len(sets.CLASSES)
    counts = np.bincount(n * labels + predicted, minlength=n * n).reshape(n, n)
    both = counts.sum(0) + counts.sum(1)
    return float((2 * np.diag(counts) / np.maximum(both, 1))[: len(sets.SCORED)].mean())


def interval(
    labels: np.ndarray, several: list[np.ndarray], other: list[np.ndarray] | None = None
) -> list[float]:
    """Return the 95 % interval of a mean score, or of a difference; recordings are resampled.

    Each of `several` and `other` holds the predictions of one seed.
    """
    generator = np.random.default_rng(0)
    found = []
    for _ in range(RESAMPLES):
        rows = generator.integers(len(labels), size=len(labels))
        score = np.mean([macro_f1(labels[rows], p[rows]) for p in several])
        if other is not None:
            score -= np.mean([macro_f1(labels[rows], p[rows]) for p in other])
        found.append(score)
    return [round(float(v), 4) for v in np.quantile(found, [0.025, 0.975])]


def t_interval(values: list[float]) -> list[float]:
    """Return the 95 % interval of a mean over seeds, by Student's t distribution."""
    mean, error = np.mean(values), stats.sem(values)
    found = stats.t.interval(0.95, len(values) - 1, loc=mean, scale=error)
    return [round(float(v), 4) for v in found]


def test_recordings() -> np.ndarray:
    """Return the numbers of the test recordings of CinC 2017."""
    return np.flatnonzero(cinc_2017.parts() == "test")


def validation_recordings() -> np.ndarray:
    """Return the numbers of the recordings on which choices are made."""
    return np.flatnonzero(cinc_2017.parts() == "validation")
