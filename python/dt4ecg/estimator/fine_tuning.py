"""Start a training from the parameters of a model that was trained before."""

import os
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from dt4ecg.estimator.pretrained import as_networks, take_over
from dt4ecg.nn import Network
from dt4ecg.storage import model_file


def load_initial(
    network: Network,
    classes: Mapping[str, np.ndarray],
    init: Any,
) -> None:
    """Give a new network the parameters of a trained model.

    All parts but the heads must be equal. A head is taken over if its task has the same classes;
    another head keeps its own initial parameters. An encoder gives its backbone, and its attention
    if the shapes are equal; see :mod:`dt4ecg.estimator.pretrained`.

    Parameters
    ----------
    network : dt4ecg.nn.Network
    classes : dict of str to array
        Classes of each task of the network.
    init : path, DT4ECGClassifier, ECGEncoder, pre-training or tuple
        A model file, a checkpoint, a fitted classifier, or one or several encoders.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is not a model, or its network has other parts or another input.
    TypeError
        If `init` is another object.
    sklearn.exceptions.NotFittedError
        If the classifier is not fitted.
    """
    encoders = as_networks(init)
    if encoders is not None:
        take_over(network, encoders)
        return
    spec, own_classes, parameters = _content(init)
    different = [
        f"{name} {spec[name]!r} -> {value!r}"
        for name, value in network.spec.items()
        if name != "tasks" and spec[name] != value
    ]
    if different:
        raise ValueError(
            f"fit: init has another network ({'; '.join(different)}); set the parameters of this "
            "classifier to those of init, and cut the segments as for init"
        )
    new_heads = tuple(
        f"heads.{task}."
        for task, labels in classes.items()
        if own_classes.get(task) != labels.tolist()
    )
    own = network.state_dict()
    kept = {
        name: parameters[name]
        for name in own
        if name in parameters and not name.startswith(new_heads)
    }
    network.load_state_dict(own | kept)


def _content(init: Any) -> tuple[Mapping[str, Any], dict[str, list[Any]], Mapping[str, Any]]:
    """Return the arguments of the network, the classes and the parameters of a model."""
    if isinstance(init, str | os.PathLike):
        stored = model_file.read(init)
        parameters: Mapping[str, torch.Tensor] = stored.parameters
        return stored.network, {t: list(c) for t, c in stored.classes.items()}, parameters
    if not isinstance(init, BaseEstimator):
        raise TypeError(
            "fit: init must be a path or a DT4ECGClassifier, or an encoder of dt4ecg.pretraining, "
            f"got {init!r}"
        )
    check_is_fitted(init)
    found = {task: labels.tolist() for task, labels in init.classes_by_task.items()}
    return init.network_.spec, found, init.network_.state_dict()
