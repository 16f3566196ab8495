"""The plan of a run: its data, the protocol, the seeds and the number of epochs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dt4ecg import protocols
from dt4ecg._common.defaults import MAINS_FREQUENCY
from dt4ecg._common.wording import counted
from dt4ecg.datasets.segment_set import labelled_tasks
from dt4ecg.paper.design import published
from dt4ecg.paper.design.presets import PRESETS
from dt4ecg.paper.design.sources import Source, segments, with_digest


@dataclass(frozen=True)
class Plan:
    """A run before its tables are chosen, as :func:`plan` returns it.

    Attributes
    ----------
    source : Source
        The data.
    protocol : str
        Name of the protocol that chooses the test segments.
    seeds : tuple of int
        Each seeds the split, the initial parameters and the order of the segments.
    epochs, short_epochs : int
        Number of epochs of most cells, and of Table IV and Fig. 7.
    tasks : tuple of str
        Tasks with labels in the training part.
    scored : tuple of str
        Tasks that the test part can score.
    networks : tuple of str
        Rows of Tables I and III, from ``NETWORKS``.

    See Also
    --------
    reproduce : Compute the tables and figures of a plan.

    Examples
    --------
    >>> from dt4ecg.paper import plan
    >>> quick = plan(preset="quick", protocol="subject")
    >>> quick.tasks
    ('identity', 'activity')
    >>> quick.scored  # a person who is not in the training part cannot be identified
    ('activity',)
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
        """Return the reason for each of the tasks that the test part cannot score.

        Parameters
        ----------
        *tasks : str
            Names of tasks.

        Returns
        -------
        list of str
            One sentence for each task that is not in ``scored``.

        Examples
        --------
        >>> from dt4ecg.paper import plan
        >>> plan(preset="quick", protocol="subject").not_scored("identity", "activity")
        ['identity cannot be scored on these data with subject']
        """
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
    """Load the data and plan a run.

    Parameters
    ----------
    data : str, default "paper-cohort"
        Name of a data set, or path of a folder with a manifest.csv.
    protocol : str, default "random"
        Key of ``dt4ecg.protocols.PROTOCOLS``.
    preset : {"paper", "quick"}, default "paper"
        Key of ``PRESETS``.
    seeds : int, optional
        Number of seeds, counted from 0; default: that of the preset.
    epochs : int, optional
        Number of epochs of every cell, also of Table IV and Fig. 7; default: that of the preset.
    subjects : int, optional
        Use this many people, those with the most recordings; default: that of the preset.
    networks : sequence of str, default all of ``NETWORKS``
        Rows of Tables I and III.
    mains : float, default 60.0
        Mains frequency in Hz of recordings in a folder whose manifest does not give one.

    Returns
    -------
    Plan

    Raises
    ------
    ValueError
        For unknown names, for fewer people than requested, or for data that the protocol cannot
        split.

    See Also
    --------
    reproduce : Compute the tables and figures of a plan.

    Examples
    --------
    >>> from dt4ecg.paper import plan
    >>> quick = plan(preset="quick", seeds=1)
    >>> quick.source.name, quick.seeds, quick.epochs, quick.short_epochs
    ('paper-cohort', (0,), 2, 1)
    """
    if preset not in PRESETS:
        raise ValueError(f"plan: unknown preset {preset!r}; choose one of {', '.join(PRESETS)}")
    chosen = PRESETS[preset]
    for name, value in (("seeds", seeds), ("epochs", epochs), ("subjects", subjects)):
        if value is not None and value < 1:
            raise ValueError(f"plan: {name} must be at least 1, got {value}")
    for name in networks:
        if name not in published.NETWORKS:
            raise ValueError(
                f"plan: unknown network {name!r}; choose from {', '.join(published.NETWORKS)}"
            )
    source = with_digest(
        Source(data, subjects=subjects or chosen.subjects, seconds=chosen.seconds, mains=mains)
    )
    loaded = segments(source)
    people = len(loaded.classes["identity"])
    if subjects is not None and people < subjects:
        raise ValueError(
            f"plan: {data!r} has segments of {counted(people, 'person', 'people')}, not of "
            f"{subjects}; lower subjects"
        )
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
