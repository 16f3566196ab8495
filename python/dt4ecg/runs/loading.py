"""Read a finished run with its data, so that it can be reported."""

from __future__ import annotations

import json
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dt4ecg._common.files import require_regular_file
from dt4ecg.datasets.digest import digest
from dt4ecg.runs.config import CONFIG, check_types, read_config
from dt4ecg.runs.folder import MODEL
from dt4ecg.runs.results import split_facts
from dt4ecg.runs.training import TrainedRun, load_and_split, score_test_part

if TYPE_CHECKING:
    from dt4ecg.protocols import Split

METRICS = "metrics.json"


def load(folder: str | os.PathLike[str]) -> TrainedRun:
    """Read a finished run: its model, its results, and its data once more from their source.

    Parameters
    ----------
    folder : path
        A run folder of :func:`train` or ``dt4ecg train``.

    Returns
    -------
    TrainedRun
        As :func:`train` returned it.

    Raises
    ------
    FileNotFoundError
        If the run is not finished or its data are gone.
    ValueError
        If a file of the run is damaged, or data or split differ from those of the training.

    Warns
    -----
    UserWarning
        If an older version made the run, which did not store the digest of its data.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from dt4ecg import runs
    >>> folder = Path(tempfile.mkdtemp())
    >>> runs.load(folder)
    Traceback (most recent call last):
    ...
    FileNotFoundError: load: ... holds no finished run: config.json is missing
    """
    run = Path(folder)
    for name in (CONFIG, MODEL, METRICS):
        if not (run / name).exists():
            raise FileNotFoundError(
                f"load: {run} holds no finished run: {name} is missing; continue it with dt4ecg "
                f"train --resume {run}, or train with --out"
                if name != CONFIG
                else f"load: {run} holds no finished run: {name} is missing"
            )
    from dt4ecg import estimator

    try:
        config = read_config(run)
    except ValueError as error:
        raise ValueError(f"load: {run / CONFIG}: {error}") from None
    check_types(run, config)
    results = _results(run / METRICS)
    data, split = load_and_split(config)
    stored = results.get("sha256")
    if stored is None:
        warnings.warn(
            f"load: {run} does not store a digest of its data, which may have changed since the "
            "training",
            stacklevel=2,
        )
    elif stored != digest(data):
        raise ValueError(
            f"load: the data {config['data']!r} differ from those that {run} was trained on, so "
            "its test part may contain training segments; restore the files, or train again"
        )
    _require_same_split(run, results, split)
    classifier = estimator.load(run / MODEL)
    return TrainedRun(classifier, score_test_part(classifier, data, split), results, data, split)


def _require_same_split(run: Path, results: dict[str, Any], split: Split) -> None:
    """Raise ValueError if the configuration now makes another split than the training had."""
    for name, value in split_facts(split).items():
        if name in results and results[name] != value:
            raise ValueError(
                f"load: {run / CONFIG} was changed after the training: its split has {name} "
                f"{value!r}, but {METRICS} has {results[name]!r}, so its test part may contain "
                "training segments; restore the file, or train again"
            )


def _results(file: Path) -> dict[str, Any]:
    require_regular_file(file)
    try:
        results = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"load: {file} is not JSON: {error}") from None
    if not isinstance(results, dict):
        raise ValueError(f"load: {file} does not hold the results of a run")
    known = results.get("environment", {})
    if not isinstance(known, dict) or not all(isinstance(v, str) for v in known.values()):
        raise ValueError(
            f"load: {file} is damaged: the entry 'environment' must be an object of texts, got "
            f"{known!r}"
        )
    return results
