"""The configuration of a training run: defaults, reading and checks of ``config.json``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dt4ecg import weighting
from dt4ecg._common import defaults, numbers
from dt4ecg._common.files import require_regular_file
from dt4ecg.training import recipes

CONFIG = "config.json"
PREPROCESSINGS = ("default", "amplitude", "paper")

# The simulated cohort, with a split that keeps neighbouring segments together.
DEFAULTS: dict[str, Any] = {
    "data": defaults.DEFAULT_DATA,
    "mains": defaults.MAINS_FREQUENCY,
    "sampling_rate": None,
    "lead": None,
    "nan": None,
    "preprocessing": "default",
    "protocol": "blocked",
    "test_size": defaults.TEST_SIZE,
    "validation_size": 0.0,
    "seed": 0,
    "backbone": "resnet",
    "attention": "sca",
    "weighting": weighting.DEFAULT,
    "recipe": recipes.DEFAULT,
    "streamable": recipes.recipe(recipes.DEFAULT).streamable,
    "overlap": recipes.recipe(recipes.DEFAULT).overlap,
    "norm_scope": defaults.NORM_SCOPE,
    "precision": defaults.PRECISION,
    "epochs": defaults.EPOCHS,
    "batch_size": defaults.BATCH_SIZE,
    "learning_rate": defaults.LEARNING_RATE,
    "weight_decay": 0.0,
    "class_weight": "none",
    "early_stopping": None,
    "monitor": "loss",
    "init": None,
    "device": "cpu",
    "threads": None,
}

_ADDED_LATER = {  # absent from configurations of older versions
    "mains",
    "sampling_rate",
    "lead",
    "nan",
    "preprocessing",
    "recipe",
    "precision",
    "streamable",
    "overlap",
    "weight_decay",
    "class_weight",
    "early_stopping",
    "monitor",
    "init",
}
# Settings whose default is None; the others of this kind are integers.
_TEXTS = {"init", "nan"}
_NUMBERS = {"sampling_rate"}
_LISTS = {"lead"}


def complete_config(settings: dict[str, Any]) -> dict[str, Any]:
    """Add the defaults to some settings.

    Parameters
    ----------
    settings : dict
        Values for some keys of ``DEFAULTS``.

    Raises
    ------
    ValueError
        If a key is unknown.

    Examples
    --------
    >>> from dt4ecg import runs
    >>> config = runs.complete_config({"protocol": "blocked"})
    >>> config["protocol"], config["epochs"]
    ('blocked', 50)
    """
    unknown = settings.keys() - DEFAULTS.keys()
    if unknown:
        raise ValueError(
            f"run: unknown settings {', '.join(sorted(map(repr, unknown)))}; known are "
            f"{', '.join(DEFAULTS)}"
        )
    return DEFAULTS | settings


def new_config(given: dict[str, Any]) -> dict[str, Any]:
    """Return the configuration of a new run, in which the recipe decides how segments are cut.

    These are ``"streamable"`` and ``"overlap"``. :func:`complete_config` takes False and 0 instead,
    as older versions did. A run with ``"init"`` has the filters of that model, whatever its recipe.

    Parameters
    ----------
    given : dict
        Values for some keys of ``DEFAULTS``.

    Raises
    ------
    ValueError
        If a key or the recipe is unknown.

    Examples
    --------
    >>> from dt4ecg import runs
    >>> runs.new_config({"recipe": "strong"})["streamable"]
    True
    >>> runs.new_config({"recipe": "strong", "streamable": False})["streamable"]
    False
    """
    config = complete_config(given)
    chosen = recipes.recipe(config["recipe"])
    if "overlap" not in given:
        config["overlap"] = chosen.overlap
    if "streamable" not in given and config["init"] is None:
        config["streamable"] = chosen.streamable
    return config


def read_config(folder: Path) -> dict[str, Any]:
    """Read the configuration of the run in a folder.

    Settings that older versions did not write have their defaults.

    Parameters
    ----------
    folder : Path
        The run folder.

    Returns
    -------
    dict
        One value for each key of ``DEFAULTS``. The values are not checked, see
        :func:`check_types`.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If the file is not the configuration of a run.

    See Also
    --------
    check_types : Check the values, because users edit these files.

    Examples
    --------
    >>> import json, tempfile
    >>> from pathlib import Path
    >>> from dt4ecg import runs
    >>> folder = Path(tempfile.mkdtemp())
    >>> text = json.dumps(runs.DEFAULTS | {"epochs": 20})
    >>> _ = (folder / runs.CONFIG).write_text(text)
    >>> runs.read_config(folder)["epochs"]
    20
    """
    require_regular_file(folder / CONFIG)
    try:
        saved = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    except RecursionError:
        raise ValueError("it is nested too deeply for the configuration of a run") from None
    required = DEFAULTS.keys() - _ADDED_LATER
    if not (isinstance(saved, dict) and required <= saved.keys() <= DEFAULTS.keys()):
        raise ValueError("it is not the configuration of a run")
    return DEFAULTS | saved


def check_types(folder: Path, config: dict[str, Any]) -> None:
    """Check that each setting has the type that a run writes, because users edit these files.

    Ranges and names are checked where the setting is used.

    Parameters
    ----------
    folder : Path
        The run folder, for the error's text.
    config : dict
        As returned by :func:`read_config`.

    Raises
    ------
    ValueError
        If a setting has another type; the text names file, key and value.

    Examples
    --------
    >>> from pathlib import Path
    >>> from dt4ecg import runs
    >>> runs.check_types(Path("run"), runs.DEFAULTS | {"epochs": "many"})
    Traceback (most recent call last):
    ...
    ValueError: run/config.json: epochs must be an integer ... got 'many'
    """
    file = str(folder / CONFIG)
    for key, value in config.items():
        default = DEFAULTS[key]
        if value is None and default is None:
            continue
        if isinstance(default, bool):
            if not isinstance(value, bool):
                raise ValueError(f"{file}: {key} must be true or false, got {value!r}")
        elif key in _LISTS:
            if not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
                raise ValueError(f"{file}: {key} must be a list of texts, got {value!r}")
        elif isinstance(default, float) or key in _NUMBERS:
            numbers.number(f"{file}: {key}", value)
        elif not isinstance(default, str) and key not in _TEXTS:
            numbers.integer(file, key, value, 0 if key == "seed" else 1, 2**32 - 1)
        elif not isinstance(value, str):
            raise ValueError(f"{file}: {key} must be a text, got {value!r}")
