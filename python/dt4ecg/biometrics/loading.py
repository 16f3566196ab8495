"""The reader of the models that dt4ecg writes."""

from __future__ import annotations

import os
from typing import Any

from dt4ecg.biometrics.encoder import KIND, IdentityEncoder
from dt4ecg.estimator import DT4ECGClassifier, loading
from dt4ecg.storage import container


def load(path: str | os.PathLike[str]) -> DT4ECGClassifier | IdentityEncoder:
    """Read a model that dt4ecg has written.

    Parameters
    ----------
    path : path
        A file of :meth:`dt4ecg.DT4ECGClassifier.save` or :meth:`IdentityEncoder.save`, or a
        checkpoint of a classifier.

    Returns
    -------
    model : DT4ECGClassifier or IdentityEncoder

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is truncated, corrupted, not a model, or of a newer format.

    See Also
    --------
    dt4ecg.estimator.load : Reads classifiers only.

    Examples
    --------
    >>> import tempfile
    >>> import dt4ecg
    >>> path = tempfile.mkdtemp() + "/encoder.safetensors"
    >>> network = dt4ecg.nn.Network("cnn", "none", seed=0)
    >>> dt4ecg.biometrics.IdentityEncoder(network).save(path)
    >>> dt4ecg.load(path)
    IdentityEncoder(cnn, attention none, 128 dimensions)
    """
    if _kind(path) == KIND:
        return IdentityEncoder.load(path)
    return loading.load(path)


def _kind(path: str | os.PathLike[str]) -> Any:
    """Return the kind of a model file; None if it has none or cannot be read."""
    return container.read(path)[1].get("kind")
