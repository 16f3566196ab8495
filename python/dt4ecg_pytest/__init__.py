"""Fixtures for tests of other projects: simulated people, a small model, a seeded trainer.

pytest loads this plugin in every environment that has dt4ecg installed. It is a package of its own,
so that it imports neither dt4ecg nor torch before a test asks for a fixture.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from dt4ecg import DT4ECGClassifier, Recording, Trainer
    from dt4ecg.datasets import SegmentSet

__all__ = ["dt4ecg_cohort", "dt4ecg_model", "dt4ecg_recordings", "dt4ecg_trainer"]

PEOPLE, ACTIVITIES, SECONDS, RATE = 2, ("rest", "exercise"), 30, 250
EPOCHS, BATCH_SIZE = 2, 8


@pytest.fixture(scope="session")
def dt4ecg_recordings() -> list[Recording]:
    """Return 4 simulated recordings of 30 s at 250 Hz: 2 people, at rest and in exercise."""
    from dt4ecg import datasets

    return list(
        datasets.simulate_cohort(
            subjects=PEOPLE, activities=ACTIVITIES, seconds=SECONDS, sampling_rate=RATE, seed=0
        )
    )


@pytest.fixture(scope="session")
def dt4ecg_cohort(dt4ecg_recordings: list[Recording]) -> SegmentSet:
    """Return the 40 segments of these recordings, each of 1 lead and 300 samples.

    All tests share the set; use ``copy.deepcopy`` before a change.
    """
    from dt4ecg import datasets

    return datasets.from_recordings(dt4ecg_recordings, name="test cohort", simulated=True)


@pytest.fixture(scope="session")
def dt4ecg_model(dt4ecg_cohort: SegmentSet) -> DT4ECGClassifier:
    """Return a classifier that was trained on the cohort for 2 epochs, on one thread."""
    from dt4ecg import DT4ECGClassifier

    classifier = DT4ECGClassifier(
        epochs=EPOCHS,
        batch_size=BATCH_SIZE,
        preprocessor=dt4ecg_cohort.preprocessor,
        n_threads=1,
        random_state=0,
    )
    return classifier.fit(dt4ecg_cohort.X, dt4ecg_cohort.labels)


@pytest.fixture
def dt4ecg_trainer(dt4ecg_cohort: SegmentSet) -> Callable[..., Trainer]:
    """Return a function ``make(network=None, seed=0, **settings)`` that makes a trainer.

    Without a network, it makes the network of the paper for the cohort with this seed. Settings are
    those of ``dt4ecg.Trainer``; the defaults are 2 epochs, batches of 8 segments and one thread, so
    that equal seeds give equal bits. ``make(...).fit(cohort.X, cohort.y)`` trains.
    """
    from dt4ecg import Trainer, nn

    def make(network: Any = None, seed: int = 0, **settings: Any) -> Trainer:
        if network is None:
            tasks = {task: len(names) for task, names in dt4ecg_cohort.classes.items()}
            _, leads, length = dt4ecg_cohort.X.shape
            network = nn.Network(tasks=tasks, in_channels=leads, segment_length=length, seed=seed)
        defaults = {"epochs": EPOCHS, "batch_size": BATCH_SIZE, "n_threads": 1}
        return Trainer(network, seed=seed, **(defaults | settings))

    return make
