"""The model file: the description of a network and its training, in the header of a container.

This module turns plain data into a file and back. It knows neither the classifier nor the trainer.
``docs/model-file.md`` documents the format.
"""

import math
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from dt4ecg import __version__, _core
from dt4ecg.storage import container

Label = str | int | float

# Prefixes of the names of tensors.
__all__ = ["ModelFile", "read"]

NETWORK = "network."
TRAINING = "training."
BEST = "best."

HISTORY_COLUMNS = (
    "train_loss",
    "train_accuracy",
    "validation_loss",
    "validation_accuracy",
    "weight",
    "gradient_norm",
)
SKIPPED_STEPS = "skipped_steps"
_HISTORY = f"{TRAINING}history."
_TASK_WEIGHTS = f"{TRAINING}weighting.weights"

OLDER_NETWORKS = {"standardize": False}
"""Arguments of a network that older files lack, with the value they had then."""


@dataclass(frozen=True)
class ModelFile:
    """The content of a model file, as plain data.

    Attributes
    ----------
    network : dict
        Arguments of :class:`dt4ecg.nn.Network`.
    classes : dict of str to list
        Labels of each task, in the order of the network's logits.
    missing_label : str, int, float or None
        Label that marks an unknown one.
    preprocessor : dict or None
        As :meth:`dt4ecg.Preprocessor.to_dict` returns it.
    settings : dict
        How the model was trained: those of `SETTINGS` that the file has.
    parameters : dict of str to torch.Tensor
        The ``state_dict`` of the network.
    skewness_range : list of [low, high] or None
        Direction of the QRS complexes of each lead; None if it is unknown.
    amplitude_range : list of [low, high] or None
        Standard deviation of the training segments of each lead; None if it does not matter.
    calibration : dict of str to dict, or None
        Temperature and sorted probabilities of the true classes of each calibrated task.
    history : dict of str to array, or None
        `HISTORY_COLUMNS`, each float64 (epochs, tasks), and `SKIPPED_STEPS`, int64 (epochs,).
    task_weights : array (tasks,) or None
        Weights of the tasks after the last step.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from dt4ecg import DT4ECGClassifier
    >>> from dt4ecg.storage import model_file
    >>> path = tempfile.mkdtemp() + "/model.safetensors"
    >>> X, y = np.eye(8, 60), ["Ann", "Bo"] * 4
    >>> DT4ECGClassifier(tasks=("identity",), epochs=1).fit(X, y).save(path)
    >>> stored = model_file.read(path)
    >>> stored.classes, stored.settings["epochs"]
    ({'identity': ['Ann', 'Bo']}, 1)
    """

    network: Mapping[str, Any]
    classes: Mapping[str, Sequence[Label]]
    missing_label: Label | None
    preprocessor: Mapping[str, Any] | None
    settings: Mapping[str, Any]
    parameters: Mapping[str, torch.Tensor]
    skewness_range: Sequence[Sequence[float]] | None = None
    amplitude_range: Sequence[Sequence[float]] | None = None
    calibration: Mapping[str, Mapping[str, Any]] | None = None
    history: Mapping[str, np.ndarray] | None = None
    task_weights: np.ndarray | None = None

    def header(self) -> dict[str, Any]:
        """Return the entries of the header that describe the classifier.

        Examples
        --------
        >>> from dt4ecg.storage.model_file import ModelFile
        >>> model = ModelFile({}, {"activity": ["rest", "run"]}, -1, None, {"epochs": 50}, {})
        >>> model.header()["classes"]
        {'activity': ['rest', 'run']}
        """
        return {
            "classes": {task: list(labels) for task, labels in self.classes.items()},
            "missing_label": self.missing_label,
            "preprocessor": self.preprocessor,
            "skewness_range": self.skewness_range,
            "amplitude_range": self.amplitude_range,
            "calibration": self.calibration,
            **self.settings,
        }


def write(path: str | os.PathLike[str], model: ModelFile) -> None:
    """Write a model to one file, atomically.

    Raises
    ------
    ValueError
        If :func:`read` would refuse the file.
    OSError
        If the file cannot be written.
    """
    try:
        _check_header({"network": model.network, **model.header()})
    except ValueError as error:
        raise ValueError(f"save: {error}; set the parameter back, or call fit") from None
    tensors = {f"{NETWORK}{name}": value for name, value in model.parameters.items()}
    if model.history is not None and model.task_weights is not None:
        columns = {_HISTORY + name: torch.tensor(value) for name, value in model.history.items()}
        tensors |= columns | {_TASK_WEIGHTS: torch.tensor(model.task_weights)}
    header = {"dt4ecg": __version__, "network": model.network, **model.header()}
    container.write(path, tensors, header)


def read(path: str | os.PathLike[str]) -> ModelFile:
    """Read the model in a file of a classifier: a saved model or a checkpoint.

    Each field of the header is checked for its type and its range. What only the network knows,
    such as the shapes of its parameters, is not checked here.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If the file is not a model file, has no classes, or has a field that is not legal.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from dt4ecg import DT4ECGClassifier
    >>> from dt4ecg.storage import model_file
    >>> path = tempfile.mkdtemp() + "/model.safetensors"
    >>> X, y = np.eye(8, 60), ["Ann", "Bo"] * 4
    >>> DT4ECGClassifier(tasks=("identity",), epochs=1).fit(X, y).save(path)
    >>> model_file.read(path).network["backbone"]
    'resnet'
    """
    tensors, header = container.read(path)
    if "kind" in header:
        raise ValueError(
            f"load: {str(path)!r} is not a classifier, but a file of the kind {header['kind']!r}; "
            "dt4ecg.load reads the other kinds of models"
        )
    if "classes" not in header:
        raise ValueError(
            f"load: {str(path)!r} was written by Trainer.save, which knows no classes; continue it "
            "with Trainer.fit(resume=...), or save a DT4ECGClassifier"
        )
    with refusing(path):
        _check_header(header)
        classes = header["classes"]
        history = _history(tensors, len(classes))
        return ModelFile(
            network=OLDER_NETWORKS | header["network"],
            classes=classes,
            missing_label=header["missing_label"],
            preprocessor=header["preprocessor"],
            settings={name: header[name] for name in SETTINGS if name in header},
            # A checkpoint of a training with early stopping also has those of its best epoch.
            parameters=tensors_under(NETWORK, tensors) | tensors_under(BEST, tensors),
            skewness_range=header.get("skewness_range"),
            amplitude_range=header.get("amplitude_range"),
            calibration=header.get("calibration"),
            history=history,
            task_weights=None if history is None else _task_weights(tensors, len(classes)),
        )


@contextmanager
def refusing(path: str | os.PathLike[str]) -> Iterator[None]:
    """Add the path of the model file to a ValueError about its content."""
    try:
        yield
    except ValueError as error:
        raise ValueError(
            f"load: {str(path)!r} is not a model that this dt4ecg can rebuild: {error}"
        ) from error


def tensors_under(prefix: str, tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Return the tensors whose names start with a prefix, under their names without it."""
    return {
        name.removeprefix(prefix): tensor
        for name, tensor in tensors.items()
        if name.startswith(prefix)
    }


def plain(value: object) -> Label | None:
    """Return a value as the header holds it; None for an object that has no name in a file."""
    value = value.item() if isinstance(value, np.generic) else value
    return value if isinstance(value, str | int | float) else None


# Checks of the header's fields


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_integer(least: int, most: int) -> Callable[[object], bool]:
    def check(value: object) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most

    return check


def _is_finite(value: object) -> bool:
    """Return whether ``value`` is a number that float64 can hold."""
    if not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # JSON has integers of any size
        return False


def _is_positive(value: object) -> bool:
    return _is_finite(value) and not isinstance(value, bool) and value > 0  # type: ignore[operator]


_LARGEST = 2**63 - 1

SETTINGS: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "weighting": (_is_text, "a name"),
    "epochs": (_is_integer(0, _LARGEST), "an integer of at least 0"),
    "batch_size": (_is_integer(1, _LARGEST), "an integer of at least 1"),
    "learning_rate": (_is_positive, "a finite number above 0"),
    "norm_scope": (_is_text, "a name"),
    "precision": (_is_text, "a name"),
    "random_state": (_is_integer(0, 2**32 - 1), "an integer from 0 to 2**32 - 1"),
    "recipe": (_is_text, "a name"),
    "settings": (lambda value: isinstance(value, Mapping), "an object"),
    "init": (_is_text, "a path"),
}
"""Check and legal range of each training setting. Null replaces an object without a name."""


def _check_header(header: Mapping[str, Any]) -> None:
    for name in ("network", "missing_label", "preprocessor"):
        if name not in header:
            raise ValueError(f"its header has no field {name!r}")
    check_network(header["network"])
    _check_classes(header["classes"], header["network"]["tasks"])
    missing_label = header["missing_label"]
    if missing_label is not None and not isinstance(missing_label, str | int | float):
        raise ValueError(f"missing_label must be a text, a number or null, got {missing_label!r}")
    if header["preprocessor"] is not None:
        check_preprocessor(header["preprocessor"])
    for name in ("skewness_range", "amplitude_range"):
        _check_ranges(name, header.get(name))
    _check_calibration(header.get("calibration"), header["classes"])
    for name, (check, legal) in SETTINGS.items():
        value = header.get(name)
        if value is not None and not check(value):
            raise ValueError(f"{name} must be {legal}, got {value!r}")


def check_network(spec: object) -> None:
    """Raise ValueError unless these are legal arguments of :class:`dt4ecg.nn.Network`."""
    if not isinstance(spec, Mapping):
        raise ValueError(f"network must be an object, got {spec!r}")
    fields: dict[str, tuple[Callable[[object], bool], str]] = {
        "backbone": (_is_text, "a name"),
        "attention": (_is_text, "a name"),
        "tasks": (lambda value: isinstance(value, Mapping) and bool(value), "a non-empty object"),
        "in_channels": (
            _is_integer(1, _core.nn.MOST_CHANNELS),
            f"an integer from 1 to {_core.nn.MOST_CHANNELS}",
        ),
        "segment_length": (
            _is_integer(1, _core.nn.LONGEST),
            f"an integer from 1 to {_core.nn.LONGEST}",
        ),
        "standardize": (lambda value: isinstance(value, bool), "true or false"),
    }
    complete = OLDER_NETWORKS | dict(spec)
    if complete.keys() != fields.keys():
        raise ValueError(f"network must have the fields {', '.join(fields)}, got {', '.join(spec)}")
    for name, (check, legal) in fields.items():
        if not check(complete[name]):
            raise ValueError(f"network.{name} must be {legal}, got {complete[name]!r}")
    check_tasks("network.tasks", complete["tasks"])


def check_tasks(field: str, tasks: Mapping[str, object]) -> None:
    """Raise ValueError unless every task has a legal number of classes."""
    is_number_of_classes = _is_integer(1, _core.nn.MOST_OUTPUTS)
    for task, classes in tasks.items():
        if not is_number_of_classes(classes):
            raise ValueError(
                f"{field}.{task} must be an integer from 1 to {_core.nn.MOST_OUTPUTS}, got "
                f"{classes!r}"
            )


def _check_classes(classes: object, tasks: Mapping[str, int]) -> None:
    if not isinstance(classes, Mapping):
        raise ValueError(f"classes must be an object, got {classes!r}")
    for task, labels in classes.items():
        if not _are_labels(labels):
            raise ValueError(
                f"the classes of {task} must be a list of different names or different numbers, "
                f"got {labels!r}"
            )
    if [(task, len(labels)) for task, labels in classes.items()] != list(tasks.items()):
        raise ValueError(f"its classes do not match the heads of its network, {dict(tasks)}")


def _are_labels(labels: object) -> bool:
    if not isinstance(labels, list):
        return False
    # NumPy drops null characters at the end of a text.
    texts = all(isinstance(label, str) and not label.endswith("\0") for label in labels)
    numbers = all(map(_is_finite, labels))
    return (texts or numbers) and len(set(labels)) == len(labels)


def check_preprocessor(settings: object) -> None:
    """Raise ValueError unless these may be the settings of a preprocessor."""
    if not isinstance(settings, Mapping):
        raise ValueError(f"preprocessor must be an object or null, got {settings!r}")
    for name, value in settings.items():
        if name == "limits":
            legal = value is None or (isinstance(value, list) and all(map(_is_interval, value)))
            if not legal:
                raise ValueError(
                    f"preprocessor.limits must be null or one finite [low, high] per lead, got "
                    f"{value!r}"
                )
        elif name == "lead_names":
            if not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
                raise ValueError(f"preprocessor.lead_names must be texts, got {value!r}")
        elif value is not None and not isinstance(value, str | int | float):
            raise ValueError(
                f"preprocessor.{name} must be a text, a number, true, false or null, got {value!r}"
            )


def _check_ranges(name: str, ranges: object) -> None:
    if ranges is not None and not (isinstance(ranges, list) and all(map(_is_interval, ranges))):
        raise ValueError(f"{name} must be null or one finite [low, high] per lead, got {ranges!r}")


def _check_calibration(calibration: object, tasks: Mapping[str, object]) -> None:
    if calibration is None:
        return
    legal = isinstance(calibration, Mapping) and calibration.keys() <= tasks.keys()
    for entry in calibration.values() if isinstance(calibration, Mapping) else ():
        shares = entry.get("true_probabilities") if isinstance(entry, Mapping) else None
        legal = legal and isinstance(shares, list) and _is_positive(entry.get("temperature"))
        legal = legal and all(_is_finite(p) and 0 <= p <= 1 for p in shares or ())
        legal = legal and shares == sorted(shares or ())
    if not legal:
        raise ValueError(
            "calibration must be null, or for some tasks a temperature above 0 and ascending "
            "true_probabilities from 0 to 1"
        )


def _is_interval(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_is_finite, value))


# Checks of the tensors that describe the training


def _history(tensors: Mapping[str, torch.Tensor], tasks: int) -> dict[str, np.ndarray] | None:
    """Return the columns of the history; None for files that were written before it was saved."""
    skipped = tensors.get(_HISTORY + SKIPPED_STEPS)
    if skipped is None:
        return None
    columns = {}
    for name in HISTORY_COLUMNS:
        column = tensors.get(_HISTORY + name)
        shape = (skipped.numel(), tasks)
        if column is None or column.dtype != torch.float64 or column.shape != shape:
            raise ValueError("its history is not one row per epoch and one column per task")
        columns[name] = column.numpy()
    if skipped.dtype != torch.int64 or skipped.dim() != 1 or (skipped < 0).any():
        raise ValueError("its history is not one row per epoch with an integer of skipped steps")
    return columns | {SKIPPED_STEPS: skipped.numpy()}


def _task_weights(tensors: Mapping[str, torch.Tensor], tasks: int) -> np.ndarray:
    weights = tensors.get(_TASK_WEIGHTS)
    if weights is None or weights.shape != (tasks,) or weights.dtype != torch.float32:
        raise ValueError("its task weights are not one float32 number per task")
    if not weights.isfinite().all():
        raise ValueError("its task weights are NaN or infinite")
    return weights.numpy()


def __dir__() -> list[str]:
    return sorted(__all__)
