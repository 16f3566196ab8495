"""Calibration error of both tasks on new electrodes of the motion set (protocol session).

    python -m benchmarks.calibration --models FOLDER --out benchmarks/results/calibration.json

Each of the three electrodes is tested once. A model is trained on the first 80 % of the recordings
of the other two. Its temperature comes from training data alone:

- "same electrodes": the last 20 % of these recordings;
- "crossed electrodes": a model of each training electrode is calibrated on the other one, and the
  model takes the geometric mean of the two temperatures.

Two more ways use a model of one electrode, so that the other one of the two is new to it. Each
segment is then tested twice:

- "one electrode": not calibrated;
- "held-out electrode": calibrated on the other training electrode.

"later" and "later, calibrated" are a control without a new electrode: of the last 20 % of each
recording, the first half calibrates and the second half is tested.

FOLDER keeps the models, so that a killed run continues. Intervals: bootstrap over the ten people.
"""

import argparse
import json
import math
from pathlib import Path

import numpy as np

import dt4ecg
from dt4ecg import protocols
from dt4ecg.datasets import SegmentSet
from dt4ecg.estimator import Calibration
from dt4ecg.metrics import expected_calibration_error, risk_coverage, wilson_interval
from dt4ecg.paper.design.sources import digest
from dt4ecg.storage.container import write_bytes

EPOCHS = 20
RECIPES = ("strong", "paper")
COVERAGE = 0.9
RESAMPLES = 1000
WAYS = (
    "none",
    "same electrodes",
    "crossed electrodes",
    "one electrode",
    "held-out electrode",
    "later",
    "later, calibrated",
)


def model(data: SegmentSet, rows, path: Path, recipe: str) -> dt4ecg.DT4ECGClassifier:
    """Return the model of some segments, trained or read."""
    if not path.exists():
        classifier = dt4ecg.DT4ECGClassifier(
            recipe=recipe, epochs=EPOCHS, n_threads=1, preprocessor=data.preprocessor
        )
        classifier.fit(data.X[rows], data.labels[rows]).save(path)
    return dt4ecg.load(path)


def models(data: SegmentSet, held: str, folder: Path, recipe: str):
    """Yield the way, the model, its calibration and the tested segments for one electrode."""
    new = np.flatnonzero(data.meta["session"] == held)
    session = data.meta["session"]
    rows = np.flatnonzero(session != held)
    parts = protocols.split(data[rows], "blocked", test_size=0.2)
    path = folder / f"{recipe}-without-{held}.safetensors"
    trained = model(data, rows[parts.train], path, recipe)
    later = rows[parts.test]
    same = trained.calibrate(data.X[later], data.labels[later]).calibration_
    yield "none", trained, None, new
    yield "same electrodes", trained, same, new
    earlier = first_halves(data.groups[later])
    control = trained.calibrate(data.X[later[earlier]], data.labels[later[earlier]]).calibration_
    yield "later", trained, None, later[~earlier]
    yield "later, calibrated", trained, control, later[~earlier]
    others = sorted(set(session[rows].tolist()))
    crossed = []
    for one, other in (others, others[::-1]):
        path = folder / f"{recipe}-only-{one}.safetensors"
        single = model(data, np.flatnonzero(session == one), path, recipe)
        mine = session == other
        crossed.append(single.calibrate(data.X[mine], data.labels[mine]).calibration_)
        yield "one electrode", single, None, new
        yield "held-out electrode", single, crossed[-1], new
    yield "crossed electrodes", trained, mean_of(crossed, data.tasks), new


def first_halves(groups):
    """Return which segments are in the first half of those of their recording."""
    found = np.zeros(len(groups), bool)
    for recording in np.unique(groups):
        rows = np.flatnonzero(groups == recording)
        found[rows[: len(rows) // 2]] = True
    return found


def mean_of(several: list[Calibration], tasks) -> Calibration:
    """Return the geometric mean of the temperatures, and all probabilities together."""
    return Calibration(
        {t: math.prod(c.temperatures[t] for c in several) ** (1 / len(several)) for t in tasks},
        {t: np.sort(np.concatenate([c.true_probabilities[t] for c in several])) for t in tasks},
    )


def interval(values, subjects, statistic) -> list[float]:
    """Return the 95 % bootstrap interval of a statistic, with people drawn with replacement."""
    generator = np.random.default_rng(0)
    people = [np.flatnonzero(subjects == name) for name in np.unique(subjects)]
    found = []
    for _ in range(RESAMPLES):
        drawn = generator.integers(len(people), size=len(people))
        rows = np.concatenate([people[k] for k in drawn])
        found.append(statistic(*(value[rows] for value in values)))
    return np.quantile(found, (0.025, 0.975)).round(4).tolist()


def measured(data: SegmentSet, folder: Path, recipe: str) -> dict:
    """Return all numbers of one recipe, by the way of calibration and by the task."""
    session = data.meta["session"]
    found: dict = {way: {task: [] for task in data.tasks} for way in WAYS}
    folds: dict = {way: {task: [] for task in data.tasks} for way in WAYS}
    tested: dict = {way: [] for way in WAYS}
    for held in np.unique(session).tolist():
        for way, trained, calibration, rows in models(data, held, folder, recipe):
            tested[way].append(data.meta["subject"][rows])
            trained.calibration_ = calibration
            several = trained.predict_proba(data.X[rows])
            sets = [None] * len(data.tasks)
            if calibration is not None:
                sets = trained.predict_set(data.X[rows], COVERAGE, name_all=True)
            for column, task in enumerate(data.tasks):
                names = np.array(data.classes[task])[data.y[rows, column]]
                truth = np.searchsorted(trained.classes_by_task[task], names)
                found[way][task].append((several[column], truth, sets[column]))
                temperature = 1.0 if calibration is None else calibration.temperatures[task]
                folds[way][task].append(
                    {
                        "tested": held,
                        "temperature": round(temperature, 4),
                        "error": round(expected_calibration_error(several[column], truth), 4),
                        "correct": int((several[column].argmax(axis=1) == truth).sum()),
                        "n": len(rows),
                    }
                )
    return {
        way: {
            task: pooled(found[way][task], np.concatenate(tested[way]))
            | {"folds": folds[way][task]}
            for task in data.tasks
        }
        for way in WAYS
    }


def pooled(folds: list, subjects) -> dict:
    """Return the numbers of all three folds together."""
    probabilities, truth = (np.concatenate([fold[k] for fold in folds]) for k in (0, 1))
    right = int((probabilities.argmax(axis=1) == truth).sum())
    error = expected_calibration_error(probabilities, truth)
    row = {
        "error": round(error, 4),
        "interval": interval((probabilities, truth), subjects, expected_calibration_error),
        "confidence": round(float(probabilities.max(axis=1).mean()), 4),
        "correct": right,
        "n": len(truth),
        "accuracy_interval": [round(x, 4) for x in wilson_interval(right, len(truth))],
        "risk_coverage_area": round(risk_coverage(probabilities, truth).area, 4),
        "risk_at_half": round(risk_coverage(probabilities, truth).risk_at(0.5), 4),
    }
    if folds[0][2] is not None:
        members = np.concatenate([fold[2] for fold in folds])
        inside = members[np.arange(len(truth)), truth]
        row["set_coverage"] = round(float(inside.mean()), 4)
        row["set_coverage_interval"] = interval((inside,), subjects, np.mean)
        row["set_size"] = round(float(members.sum(axis=1).mean()), 3)
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=Path, required=True, help="folder of the trained models")
    parser.add_argument("--out", type=Path, required=True, help="the JSON file")
    parser.add_argument("--recipes", nargs="*", default=RECIPES, choices=RECIPES)
    arguments = parser.parse_args()
    arguments.models.mkdir(parents=True, exist_ok=True)
    data = dt4ecg.datasets.load_motion_ecg(preprocessor=dt4ecg.Preprocessor.paper(notch=50))
    results = {recipe: measured(data, arguments.models, recipe) for recipe in arguments.recipes}
    about = {"epochs": EPOCHS, "coverage": COVERAGE, "seed": 0, "segments": digest(data)}
    write_bytes(arguments.out, json.dumps({"study": about, "results": results}, indent=1).encode())
    for recipe, by_way in results.items():
        for way, by_task in by_way.items():
            for task, row in by_task.items():
                low, high = row["interval"]
                print(
                    f"{recipe:7} {way:18} {task:9} error {row['error']:.3f} ({low:.3f}-{high:.3f}) "
                    f"confidence {row['confidence']:.3f} correct {row['correct']}/{row['n']}  "
                    f"sets {row.get('set_coverage')} {row.get('set_size')}"
                )


if __name__ == "__main__":
    main()
