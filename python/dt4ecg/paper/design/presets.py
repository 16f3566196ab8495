"""How much a run computes: epochs, seeds, people and seconds of each recording."""

from __future__ import annotations

from dataclasses import dataclass

from dt4ecg.paper.design import published


@dataclass(frozen=True)
class Preset:
    """The size of a run.

    Parameters
    ----------
    epochs : int
        Number of epochs of most cells.
    short_epochs : int
        Number of epochs of Table IV and Fig. 7.
    seeds : int
        Number of seeds.
    subjects : int or None, default None
        Number of people; None selects all.
    seconds : float or None, default None
        Seconds of each recording; None selects all.

    Examples
    --------
    >>> from dt4ecg.paper import PRESETS
    >>> PRESETS["paper"].epochs, PRESETS["paper"].seeds
    (50, 3)
    """

    epochs: int
    short_epochs: int
    seeds: int
    subjects: int | None = None
    seconds: float | None = None


PRESETS = {
    "paper": Preset(published.EPOCHS, published.SHORT_EPOCHS, seeds=3),
    # Every table and figure in about a minute. It checks that all parts run; the accuracies of
    # such short trainings have no meaning.
    "quick": Preset(epochs=2, short_epochs=1, seeds=2, subjects=3, seconds=18.0),
}
