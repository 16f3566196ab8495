"""The reader of a classifier's model file."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dt4ecg.estimator.calibration import Calibration
from dt4ecg.estimator.classifier import DT4ECGClassifier
from dt4ecg.nn import Network
from dt4ecg.nn.checks import require_sizes
from dt4ecg.signal.preprocessor import Preprocessor
from dt4ecg.storage import model_file
from dt4ecg.storage.parameters import load_into
from dt4ecg.training import history as histories
from dt4ecg.training import recipes
from dt4ecg.training.best_epoch import best_epoch_of
from dt4ecg.training.settings import TrainingSettings


def load(path: str | os.PathLike[str]) -> DT4ECGClassifier:
    """Read a model that :meth:`DT4ECGClassifier.save` wrote, or a checkpoint of its training.

    Parameters
    ----------
    path : path

    Returns
    -------
    classifier : DT4ECGClassifier
        A fitted classifier with the parameters it was trained with. ``device``, ``n_threads`` and
        ``verbose`` have their defaults. A random state or weighting that was an object has no name
        in a file and is None; `fit` raises TypeError for such a weighting. Parameters that an older
        file lacks have their defaults, and ``history_``, ``task_weights_`` and
        ``best_epoch_`` may be missing.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is truncated, corrupted, not a model, or of a newer format.

    See Also
    --------
    DT4ECGClassifier.save : Write a model.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from dt4ecg import DT4ECGClassifier, load
    >>> X = np.random.default_rng(0).standard_normal((8, 60))
    >>> y = np.array(["Ann", "Bo"] * 4)
    >>> classifier = DT4ECGClassifier(tasks=("identity",), epochs=1).fit(X, y)
    >>> path = tempfile.mkdtemp() + "/model.safetensors"
    >>> classifier.save(path)
    >>> load(path).classes_.tolist()
    ['Ann', 'Bo']
    """
    stored = model_file.read(path)
    spec = stored.network
    with model_file.refusing(path):
        preprocessor = stored.preprocessor
        classifier = DT4ECGClassifier(
            backbone=spec["backbone"],
            attention=spec["attention"],
            tasks=tuple(stored.classes),
            missing_label=stored.missing_label,
            preprocessor=None if preprocessor is None else Preprocessor.from_dict(preprocessor),
            **{**stored.settings, "settings": _settings(stored.settings)},
        )
        recipes.require_recipe_of(spec, classifier.recipe)
        require_sizes(spec, stored.parameters)  # before a network of illegal size takes memory
        network = Network(**spec)
        load_into(network, stored.parameters)
        directions = _of_leads("skewness_range", stored.skewness_range, spec["in_channels"])
        amplitudes = _of_leads("amplitude_range", stored.amplitude_range, spec["in_channels"])
    classes = [np.array(labels) for labels in stored.classes.values()]
    classifier.classes_ = classes[0] if len(classes) == 1 else classes
    classifier.network_ = network.eval()
    classifier.skewness_range_, classifier.amplitude_range_ = directions, amplitudes
    if stored.calibration is not None:
        classifier.calibration_ = Calibration.from_dict(stored.calibration)
    classifier.n_features_in_ = spec["segment_length"] * spec["in_channels"]
    if stored.history is not None and stored.task_weights is not None:
        classifier.history_ = histories.from_columns(stored.history, tuple(stored.classes))
        classifier.task_weights_ = stored.task_weights
        stopping = None if classifier.settings is None else classifier.settings.early_stopping
        classifier.best_epoch_ = best_epoch_of(classifier.history_, stopping)
    return classifier


def _of_leads(name: str, ranges: Sequence[Sequence[float]] | None, leads: int) -> np.ndarray | None:
    """Return ranges as an array (leads, 2)."""
    if ranges is None:
        return None
    if len(ranges) != leads:
        raise ValueError(f"{name} has {len(ranges)} leads, the network {leads}")
    return np.array(ranges, dtype=float)


def _settings(stored: Mapping[str, Any]) -> TrainingSettings | None:
    content = stored.get("settings")
    return None if content is None else TrainingSettings.from_dict(content)
