"""Accuracy of one recipe on people or electrodes that it has never seen."""

from dataclasses import dataclass
from functools import partial

import numpy as np

import dt4ecg
from benchmarks import study
from dt4ecg import protocols
from dt4ecg.datasets import SegmentSet
from dt4ecg.datasets.motion import motion_ecg_recordings
from dt4ecg.inference import average_over_context
from dt4ecg.training.recipes import RECIPES, Recipe

EPOCHS = 20
CONTEXT = 10.0  # seconds
FOLDS_SEED = 0
LONGER = ", three times the steps"
SCORED = {"subject": ("activity",), "session": ("identity", "activity")}


@dataclass(frozen=True)
class Data:
    """The motion set: its overlapping segments, and the rows that do not overlap."""

    dense: SegmentSet
    rows: np.ndarray
    gaps: list[np.ndarray]  # of each recording, in seconds

    @property
    def plain(self) -> SegmentSet:
        return self.dense[self.rows]


def load(overlap: float = 2 / 3) -> Data:
    preprocessor = dt4ecg.Preprocessor.paper(notch=50, overlap=overlap)
    dense = dt4ecg.datasets.load_motion_ecg(preprocessor=preprocessor)
    gaps = [np.array(one.gaps) / one.sampling_rate for one in motion_ecg_recordings()]
    return Data(dense, protocols.non_overlapping(dense), gaps)


def folds(data: Data, protocol: str) -> list[protocols.Split]:
    """Return splits of all segments: five folds of people, or each electrode in turn."""
    return [
        protocols.Split(
            data.rows[one.train], one.validation, data.rows[one.test], protocol, 0, SCORED[protocol]
        )
        for one in protocols.folds(data.plain, protocol, seed=FOLDS_SEED)
    ]


def training_rows(data: Data, train: np.ndarray, overlap: float) -> np.ndarray:
    """Return training rows, which overlap if the recipe wants it."""
    if not overlap:
        return train
    place = np.searchsorted(data.rows, train)
    none = np.zeros(0, np.int64)
    rest = np.setdiff1d(np.arange(len(data.rows)), place)
    divided = protocols.Split(place, none, rest, "", 0, ())
    return protocols.overlapping_training(data.dense, data.rows, divided).train


def epochs_of(arm: str) -> int:
    """Return the number of epochs: as many steps as without an overlap, or three times as many."""
    times = 3 if arm.endswith(LONGER) else 1
    return max(1, round(times * EPOCHS * (1 - recipe_of(arm).overlap)))


def recipe_of(arm: str) -> Recipe:
    """Return the recipe of an arm of the comparison."""
    return RECIPES[arm.removesuffix(LONGER)]


def trial(data: Data, split: protocols.Split, arm: str, seed: int) -> dict:
    """Train on one part, and count the right labels of each recording of the other."""
    rows = training_rows(data, split.train, recipe_of(arm).overlap)
    classifier = dt4ecg.DT4ECGClassifier(
        recipe=arm.removesuffix(LONGER), epochs=epochs_of(arm), random_state=seed, n_threads=1
    ).fit(data.dense.X[rows], data.dense.labels[rows])
    return {"train": len(rows), "recordings": scores(data, split, classifier)}


def scores(data: Data, split: protocols.Split, classifier) -> list[list]:
    """Return for each recording: person, electrode, activity, number of segments, counts.

    The counts are, for each scored task, right labels of single segments and with the context. The
    last entry counts the activities that single segments were given.
    """
    dense, found = data.dense, []
    for group in np.unique(dense.groups[split.test]):
        rows = split.test[dense.groups[split.test] == group]
        start, stop = (dense.meta[name][rows] for name in ("start", "stop"))
        several = dict(
            zip(classifier.classes_by_task, classifier.predict_proba(dense.X[rows]), strict=True)
        )
        entry = [str(dense.meta[name][rows[0]]) for name in ("subject", "session", "activity")]
        entry.append(len(rows))
        for task in split.scored_tasks:
            p = several[task]
            averaged, _ = average_over_context(
                p, start, float(stop[0] - start[0]), CONTEXT, data.gaps[group]
            )
            truth = dense.labels[rows, dense.tasks.index(task)]
            names = classifier.classes_by_task[task]
            entry += [int((names[q.argmax(1)] == truth).sum()) for q in (p, averaged)]
        named = classifier.classes_by_task["activity"][several["activity"].argmax(1)]
        entry.append([int((named == one).sum()) for one in dense.classes["activity"]])
        found.append(entry)
    return found


def trials(data: Data, arms: list[str], seeds: list[int]) -> study.Trials:
    """Yield the trials by name, all arms of a seed and fold one after the other."""
    divided = {protocol: folds(data, protocol) for protocol in SCORED}
    for seed in seeds:
        for protocol, splits in divided.items():
            for fold, split in enumerate(splits):
                for arm in arms:
                    name = f"{arm} | {protocol} | fold {fold} | seed {seed}"
                    yield name, partial(trial, data, split, arm, seed)
