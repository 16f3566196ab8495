"""The results of a run as numbers: the summary, and how it is written as JSON."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from dt4ecg.datasets import SegmentSet
    from dt4ecg.metrics import Report
    from dt4ecg.protocols import Split


def summary(
    name: str,
    data: SegmentSet,
    split: Split,
    report: Report,
    *,
    epochs: int | None,
    seconds: float,
) -> dict[str, Any]:
    """Collect what ``train --json`` and ``evaluate --json`` write.

    Parameters
    ----------
    name : str
        The data set as the user named it. Of the path of a folder, the last name is kept.
    data : SegmentSet
    split : Split
    report : Report
        Scores of the test part.
    epochs : int or None
        Epochs of the training; None if the model file does not state them.
    seconds : float
        Time that the command took.

    Returns
    -------
    dict
        A task that is not scored has the value None.
    """
    scores, facts = report.to_dict(), split_facts(split)
    return {
        "data": Path(name).name,  # the folder above may show a user's name
        "simulated": data.simulated,
        "protocol": facts["protocol"],
        "seed": facts["seed"],
        "epochs": epochs,
        "n_train": facts["n_train"],
        "n_test": facts["n_test"],
        **{task: scores.get(task) if task in split.scored_tasks else None for task in data.tasks},
        "seconds": seconds,
    }


def split_facts(split: Split) -> dict[str, Any]:
    """Return what the results of a run state about its split."""
    return {
        "protocol": split.protocol,
        "seed": split.seed,
        "n_train": len(split.train),
        "n_test": len(split.test),
    }


def to_json(content: Any) -> str:
    """Format results as strict JSON: arrays become lists, and NaN becomes null."""
    return json.dumps(_json_value(content), indent=2, allow_nan=False) + "\n"


def _json_value(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _json_value(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | list | tuple):
        return [_json_value(item) for item in value]
    if isinstance(value, np.generic):
        return _json_value(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
