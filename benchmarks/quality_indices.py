"""How well quality indices separate bad recordings, on CinC 2011 and CinC 2017.

    python -m benchmarks.quality_indices --out benchmarks/results/quality-indices.json

CinC 2011: 998 recordings of 12 leads and 10 s, 225 of them unacceptable, and the grades of 5,400
single leads of 450 recordings. CinC 2017: 8,528 recordings of one lead; class "~" against the rest.
Each index is oriented, and each combination fitted, on four fifths of the recordings and scored on
the last fifth; all leads of a recording are in one fifth. A combination is a logistic regression
whose C was fixed before any result. The AUROC is that of the scores of all five fifths together,
with a bootstrap over recordings.
"""

import argparse
import csv
import json
import warnings
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer, SplineTransformer

from dt4ecg.datasets.locate import locate
from dt4ecg.datasets.mit_bih import MIT_BIH
from dt4ecg.signal import classical_quality, segment_quality

RATE = 100  # Hz, of both sets as they are stored here
WINDOW = 10 * RATE
CLASSICAL = ("k_sqi", "s_sqi", "p_sqi", "bas_sqi", "b_sqi", "amplitude")
OWN = ("flat", "clipped", "spike", "jump", "mains", "beats", "kurtosis", "skewness")
OWN += ("similarity", "step", "qrs_share", "noise", "lead_scores")
FOLDS, C = 5, 0.1


def features(windows):
    """Return the indices of windows (n, T), shape (n, 19), and their names."""
    classical = classical_quality(windows, RATE).to_array()
    classical[:, -1] = np.log(np.maximum(classical[:, -1], 1.0))  # both sets have integer samples
    own = segment_quality(windows, RATE)
    mine = np.column_stack([getattr(own, name)[:, 0] for name in OWN])
    return np.column_stack([classical, mine])


def cinc_2011():
    """Return indices (1000, 12, 19), the groups, and the grades (1000, 12) of leads or -1."""
    folder = locate(MIT_BIH).parent / "cinc2011_quality"
    with np.load(folder / "cinc2011_quality.npz") as archive:
        shape = tuple(archive["shape"])
        samples = np.cumsum(archive["delta"], dtype=np.int16).reshape(shape)
    with open(folder / "manifest.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    grades = np.full(shape[:2], -1)
    for i, row in enumerate(rows):
        if row["lead_annotation"]:
            grades[i] = [int(digit) for digit in row["lead_annotation"].zfill(shape[1])]
    found = features(samples.reshape(-1, shape[2]).astype(float))
    return found.reshape(*shape[:2], -1), np.array([row["group"] for row in rows]), grades


def cinc_2017():
    """Return a list of indices (windows, 19), one for each recording, and the labels."""
    folder = locate(MIT_BIH).parent / "cinc2017_af"
    with np.load(folder / "cinc2017_af.npz") as archive:
        samples = np.split(
            np.cumsum(archive["delta"], dtype=np.int16), np.cumsum(archive["length"])[:-1]
        )
    with open(folder / "manifest.csv", encoding="utf-8") as file:
        labels = np.array([row["label"] for row in csv.DictReader(file)])
    return [features(windows_of(one).astype(float)) for one in samples], labels


def windows_of(samples):
    """Return windows of at most 10 s that cover the samples; the last ones may overlap."""
    length = min(WINDOW, len(samples))
    count = -(-len(samples) // length)
    starts = np.linspace(0, len(samples) - length, count).astype(int)
    return np.stack([samples[start : start + length] for start in starts])


def pooled(several):
    """Return median, smallest and largest value of each index over leads or windows."""
    return np.stack(
        [np.concatenate([np.median(one, 0), one.min(0), one.max(0)]) for one in several]
    )


def combination():
    return make_pipeline(
        QuantileTransformer(n_quantiles=200, random_state=0),
        SplineTransformer(n_knots=5, degree=1),
        LogisticRegression(C=C, max_iter=2000, class_weight="balanced"),
    )


def out_of_fold(fit, X, y, groups):
    """Return a score for each row by a rule fitted without its recording; groups are its rows."""
    scores = np.zeros(len(X))
    recordings = np.unique(groups)
    bad = np.array([y[groups == one].max() for one in recordings])
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    for train, test in folds.split(recordings, bad):
        mine = np.isin(groups, recordings[train])
        other = np.isin(groups, recordings[test])
        scores[other] = fit(X[mine], y[mine])(X[other])
    return scores


def fit_combination(X, y):
    return combination().fit(X, y).decision_function


def fit_index(column, several=1):
    """Return a fit of one index: its distance from the median of the good, or its sign.

    ``several`` values of one recording follow each other; the worst one counts.
    """

    def fit(X, y):
        good = np.median(X[y == 0].reshape(-1, several, X.shape[1] // several)[..., column])

        def two_sided(values):
            return np.abs(values - good)

        rules = [two_sided, np.negative, np.positive]

        def score(rule, rows):
            return rule(rows.reshape(len(rows), several, -1)[..., column]).max(axis=1)

        best = max(rules, key=lambda rule: roc_auc_score(y, score(rule, X)))
        return lambda rows: score(best, rows)

    return fit


def auroc(y, scores, groups):
    """Return the AUROC with a bootstrap over recordings."""
    recordings, index = np.unique(groups, return_inverse=True)
    rows = [np.flatnonzero(index == i) for i in range(len(recordings))]
    rng, values = np.random.default_rng(0), []
    for _ in range(500):
        drawn = np.concatenate([rows[i] for i in rng.integers(0, len(rows), len(rows))])
        values.append(roc_auc_score(y[drawn], scores[drawn]))
    low, high = np.quantile(values, [0.025, 0.975])
    return {"auroc": float(roc_auc_score(y, scores)), "interval": [float(low), float(high)]}


def rows_of(name, X, y, groups, pooled_X=None, several=1):
    """Yield one row for each classical index and for the combinations."""
    about = {"set": name, "bad": int(y.sum()), "n": len(y)}
    for column, index in enumerate(CLASSICAL):
        scores = out_of_fold(fit_index(column, several), X, y, groups)
        yield about | {"index": index} | auroc(y, scores, groups)
    mine = X if pooled_X is None else pooled_X
    count = len(CLASSICAL) + len(OWN)
    kinds = {
        "score of dt4ecg.signal.quality": None,
        "classical indices combined": np.arange(mine.shape[1]) % count < len(CLASSICAL),
        "all indices combined": np.ones(mine.shape[1], bool),
    }
    for index, columns in kinds.items():
        if columns is None:
            fit, values = fit_index(count - 1, several), X
        else:
            fit, values = fit_combination, mine[:, columns]
        yield about | {"index": index} | auroc(y, out_of_fold(fit, values, y, groups), groups)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality_indices")
    parser.add_argument("--out", type=Path, required=True, metavar="PATH")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore", category=UserWarning)
    found = []
    indices, groups, grades = cinc_2011()
    known = groups != "indeterminate"
    numbers = np.arange(len(groups))
    bad = (groups == "unacceptable").astype(int)[known]
    flat = indices[known].reshape(known.sum(), -1)
    tasks = [
        rows_of("CinC 2011, by recording", flat, bad, numbers[known], pooled(indices[known]), 12)
    ]
    graded = grades[:, 0] >= 0
    by_lead = indices[graded].reshape(-1, indices.shape[-1])
    of_lead = np.repeat(numbers[graded], grades.shape[1])
    tasks.append(rows_of("CinC 2011, by lead", by_lead, grades[graded].ravel(), of_lead))
    several, labels = cinc_2017()
    noisy, every = (labels == "~").astype(int), np.arange(len(labels))
    middle = np.stack([np.median(one, axis=0) for one in several])
    tasks.append(rows_of('CinC 2017, class "~"', middle, noisy, every, pooled(several)))
    for task in tasks:
        for row in task:
            found.append(row)
            print(line(row), flush=True)
    about = {"command": f"python -m benchmarks.quality_indices --out {arguments.out}"}
    text = json.dumps(about | {"folds": FOLDS, "C": C, "rows": found}, indent=1)
    arguments.out.write_text(text + "\n", encoding="utf-8")


def line(row) -> str:
    """Return a row of the table in docs/quality.md."""
    low, high = row["interval"]
    cells = [row["set"], row["index"], f"{row['bad']}/{row['n']}"]
    return f"| {' | '.join(cells)} | {row['auroc']:.3f} ({low:.3f}-{high:.3f}) |"


if __name__ == "__main__":
    main()
