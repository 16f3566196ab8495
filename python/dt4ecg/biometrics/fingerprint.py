"""Fixed signals whose embeddings recognise an encoder."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dt4ecg.biometrics.fusion import Embeddings, normalised
from dt4ecg.biometrics.probes import Encoder

_REFERENCES = 4
_LEAST_AGREEMENT = 0.9995  # cosine; another processor or precision changes the fifth digit


def reference_segments(shape: tuple[int, int]) -> NDArray[np.float32]:
    """Return the fixed signals (4, leads, T) whose embeddings recognise an encoder.

    Examples
    --------
    >>> from dt4ecg.biometrics.fingerprint import reference_segments
    >>> reference_segments((1, 300)).shape
    (4, 1, 300)
    """
    leads, length = shape
    time = np.arange(length) / length
    signals = [
        [np.sin(2 * np.pi * (k + 1) * (3 * time + time**2) + lead) for lead in range(leads)]
        for k in range(_REFERENCES)
    ]
    return np.array(signals, np.float32)


def reference_embeddings(encoder: Encoder, shape: tuple[int, int] | None) -> Embeddings | None:
    """Return the embeddings (4, d) of the fixed signals; None if no segment was ever embedded.

    Examples
    --------
    >>> from dt4ecg.biometrics.fingerprint import reference_embeddings
    >>> class Flat:
    ...     def embed(self, X):
    ...         return X[:, 0]
    >>> reference_embeddings(Flat(), (1, 300)).shape
    (4, 300)
    """
    return None if shape is None else normalised(encoder.embed(reference_segments(shape)))


def is_same_encoder(encoder: Encoder, shape: tuple[int, int], reference: Embeddings) -> bool:
    """Return whether an encoder has these embeddings of the fixed signals.

    Examples
    --------
    >>> from dt4ecg.biometrics.fingerprint import is_same_encoder, reference_embeddings
    >>> class Flat:
    ...     def embed(self, X):
    ...         return X[:, 0]
    >>> is_same_encoder(Flat(), (1, 300), reference_embeddings(Flat(), (1, 300)))
    True
    """
    try:
        found = reference_embeddings(encoder, shape)
    except ValueError:  # it takes segments of another shape
        return False
    if found is None or found.shape != reference.shape:
        return False
    return float((found * reference).sum(axis=1).min()) >= _LEAST_AGREEMENT
