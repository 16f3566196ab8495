"""What a run is: the settings that its folder remembers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dt4ecg import recipes, weighting
from dt4ecg.cli._data import DEFAULT_DATA
from dt4ecg.datasets.named import PAPERS_MAINS

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
    saved = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    sound = isinstance(saved, dict) and DEFAULTS.keys() - _LATER <= saved.keys() <= DEFAULTS.keys()
    if not sound or not isinstance(saved["epochs"], int):
        raise ValueError("it is not the configuration of a run")
    return DEFAULTS | saved
