"""What a run is: the settings that its folder remembers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dt4ecg import weighting
from dt4ecg._common import numbers
from dt4ecg._common.defaults import DEFAULT_DATA, PAPERS_MAINS
from dt4ecg.training import recipes

CONFIG = "config.json"

# The paper's recipe.
DEFAULTS: dict[str, Any] = {
    "data": DEFAULT_DATA,
    "mains": PAPERS_MAINS,
    "protocol": "random",
    "test_size": 0.3,
    "validation_size": 0.0,
    "seed": 0,
    "backbone": "resnet",
    "attention": "sca",
    "weighting": weighting.DEFAULT,
    "recipe": recipes.DEFAULT,
    "norm_scope": "shared",
    "precision": "float32",
    "epochs": 50,
    "batch_size": 16,
    "learning_rate": 1e-3,
    "device": "cpu",
    "threads": None,
}

_LATER = {"mains", "recipe", "precision"}  # older versions did not know them


def read_config(folder: Path) -> dict[str, Any]:
    """Settings of the run in a folder.

    Raises
    ------
    OSError, ValueError
        There are none, or they are another program's.
    """
    try:
        saved = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    except RecursionError:
        raise ValueError("it is nested too deeply for the configuration of a run") from None
    if not (
        isinstance(saved, dict) and DEFAULTS.keys() - _LATER <= saved.keys() <= DEFAULTS.keys()
    ):
        raise ValueError("it is not the configuration of a run")
    return DEFAULTS | saved


def require_kinds(folder: Path, config: dict[str, Any]) -> None:
    """Values of the kind that a run writes, in a file that somebody may have edited.

    Ranges and names are looked at by what uses the setting.

    Raises
    ------
    ValueError
        One is of another kind; the text names file, key and value.
    """
    file = str(folder / CONFIG)
    for key, value in config.items():
        default = DEFAULTS[key]
        if value is None and default is None:
            continue
        if isinstance(default, float):
            numbers.number(f"{file}: {key}", value)
        elif not isinstance(default, str):
            numbers.integer(file, key, value, 0 if key == "seed" else 1, 2**32 - 1)
        elif not isinstance(value, str):
            raise ValueError(f"{file}: {key} must be a text, such as {default!r}, got {value!r}")
