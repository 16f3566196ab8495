"""Clean and spliced segments to train a detector with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dt4ecg.biometrics.tamper.masks import MASKS
from dt4ecg.biometrics.tamper.splice import SpliceOptions, splice


def training_set(
    clean: NDArray[Any],
    subject: ArrayLike,
    splices: Sequence[str],
    options: SpliceOptions,
    sampling_rate: float,
    copies: int,
    control: bool,
    seed: int,
    beats: Sequence[ArrayLike] | None = None,
) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Return segments and whether each is tampered.

    Each clean segment is spliced ``copies`` times, each time with a kind that is drawn from
    ``splices``. With ``control`` it is also spliced as often with segments of the same person, and
    these are labelled as clean.

    Raises
    ------
    ValueError
        If `splices` is empty or has an unknown name, or for the reasons of :func:`splice`.

    Examples
    --------
    >>> import numpy as np
    >>> clean = np.random.default_rng(0).normal(size=(4, 100))
    >>> X, y = training_set(clean, [0, 0, 1, 1], ["halves"], SpliceOptions(), 100.0, 2, True, 0)
    >>> X.shape, y.astype(int)
    ((20, 100), array([0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]))
    """
    if isinstance(splices, str) or not splices or set(splices) - set(MASKS):
        raise ValueError(
            f"fit_on: splices must be one or more of {', '.join(MASKS)}, got {splices!r}"
        )
    rng = np.random.default_rng(seed)
    parts, labels = [clean], [np.zeros(len(clean), bool)]
    for donor in ("other", "same") if control else ("other",):
        for _ in range(copies):
            chosen = replace(options, donor=donor)
            parts.append(_mixed(clean, subject, splices, chosen, sampling_rate, rng, beats))
            labels.append(np.full(len(clean), donor == "other"))
    return np.concatenate(parts), np.concatenate(labels)


def _mixed(
    clean: NDArray[Any],
    subject: ArrayLike,
    splices: Sequence[str],
    options: SpliceOptions,
    sampling_rate: float,
    rng: np.random.Generator,
    beats: Sequence[ArrayLike] | None,
) -> NDArray[Any]:
    """Return each segment with a splice of one kind, in equal shares of the kinds."""
    mixed = np.empty(clean.shape, clean.dtype if clean.dtype.kind == "f" else np.float64)
    kinds = rng.permutation(np.arange(len(clean)) % len(splices))
    for number, kind in enumerate(splices):
        rows = kinds == number
        seed = int(rng.integers(2**31))
        spliced = splice(clean, subject, kind, sampling_rate, options, seed, beats)
        mixed[rows] = spliced.X[rows]
    return mixed
