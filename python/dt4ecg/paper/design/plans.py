"""What a run is of: the data, how they are divided, how many seeds, how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dt4ecg import protocols
from dt4ecg._common.defaults import MAINS_FREQUENCY
from dt4ecg.datasets.segment_set import labelled_tasks
from dt4ecg.paper.design import published
from dt4ecg.paper.design.sources import Source, identified, segments


@dataclass(frozen=True)
class Preset:
    """How much of everything; ``subjects`` and ``seconds`` (per recording) of None are all."""

    epochs: int
    short_epochs: int  # of Table IV and Fig. 7
    seeds: int
    subjects: int | None = None
    seconds: float | None = None


PRESETS = {
    "paper": Preset(published.EPOCHS, published.SHORT_EPOCHS, seeds=3),
    # Every table and figure in a minute or so: shows that all works, says nothing about accuracy.
    "quick": Preset(epochs=2, short_epochs=1, seeds=2, subjects=3, seconds=18.0),
}


@dataclass(frozen=True)
class Plan:
    """A run before its tables are chosen.

    Attributes
    ----------
    source : Source
    protocol : str
    seeds : tuple of int
        Each of split, initial values and order together.
    epochs, short_epochs : int
        Of most cells, and of Table IV and Fig. 7.
    tasks : tuple of str
        That the training part has labels for.
    scored : tuple of str
        That the test part says something about.
    networks : tuple of str
        Of ``published.NETWORKS``, the rows that Tables I and III are to have.
    """

    source: Source
    protocol: str
    seeds: tuple[int, ...]
    epochs: int
    short_epochs: int
    tasks: tuple[str, ...]
    scored: tuple[str, ...]
    networks: tuple[str, ...] = published.NETWORKS

    def not_scored(self, *tasks: str) -> list[str]:
        """Why there is nothing to compare on those of the tasks that the test says nothing of."""
        return [
            f"{task} cannot be scored on these data with {self.protocol}"
            for task in tasks
            if task not in self.scored
        ]


def plan(
    data: str = "paper-cohort",
    protocol: str = "random",
    preset: str = "paper",
    seeds: int | None = None,
    epochs: int | None = None,
    subjects: int | None = None,
    networks: Sequence[str] = published.NETWORKS,
    mains: float = MAINS_FREQUENCY,
) -> Plan:
    """Load the data and lay out a run.

    Parameters
    ----------
    data : str
        A data set's name, or a folder with a manifest.csv.
    protocol : str
        One of ``dt4ecg.protocols.PROTOCOLS``.
    preset : {"paper", "quick"}
    seeds : int, optional
        Number of seeds from 0; default: the preset's.
    epochs : int, optional
        Of every cell, those of Table IV and Fig. 7 too; default: the preset's.
    subjects : int, optional
        So many people alone, those with the most recordings; default: the preset's.
    networks : sequence of str
        Rows of Tables I and III; default: all.
    mains : float
        Hz, of a folder's recordings whose manifest gives none.

    Raises
    ------
    ValueError
        For unknown names, fewer people than asked for, or a set that the protocol cannot divide.
    """
    if preset not in PRESETS:
        raise ValueError(f"plan: no preset is called {preset!r}; there are {', '.join(PRESETS)}")
    chosen = PRESETS[preset]
    for name, value in (("seeds", seeds), ("epochs", epochs), ("subjects", subjects)):
        if value is not None and value < 1:
            raise ValueError(f"plan: {name} must be at least 1, got {value}")
    for name in networks:
        if name not in published.NETWORKS:
            raise ValueError(
                f"plan: no network is called {name!r}; there are {', '.join(published.NETWORKS)}"
            )
    source = identified(
        Source(data, subjects=subjects or chosen.subjects, seconds=chosen.seconds, mains=mains)
    )
    loaded = segments(source)
    people = len(loaded.classes["identity"])
    if subjects is not None and people < subjects:
        raise ValueError(f"plan: {data!r} has segments of {people} people, not of {subjects}")
    split = protocols.split(loaded, protocol, test_size=published.TEST_SIZE, seed=0)
    tasks = labelled_tasks(loaded, split.train)
    return Plan(
        source=source,
        protocol=protocol,
        seeds=tuple(range(seeds or chosen.seeds)),
        epochs=epochs or chosen.epochs,
        short_epochs=epochs or chosen.short_epochs,
        tasks=tasks,
        scored=tuple(task for task in tasks if task in split.scored_tasks),
        networks=tuple(name for name in published.NETWORKS if name in networks),
    )
