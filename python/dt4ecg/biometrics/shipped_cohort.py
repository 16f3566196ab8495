"""The background cohort of the package: embeddings of people whom its encoder does not know."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import resources

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from dt4ecg.biometrics.cohort import Cohort, CohortProbes
from dt4ecg.biometrics.errors import EncoderMismatchError
from dt4ecg.biometrics.fingerprint import is_same_encoder, reference_embeddings
from dt4ecg.biometrics.fusion import fused, normalised
from dt4ecg.biometrics.probes import Encoder
from dt4ecg.storage import container

NAME = "identity-cohort"
SHAPE = (1, 300)  # leads and samples of the segments of its encoder
SEGMENTS = 4  # of each person, without those of the template
_SIZES = (1, 2, 4)
_LARGEST = 127


def load(encoder: Encoder) -> Cohort:
    """Read the cohort, for the encoder that its embeddings are from.

    Raises
    ------
    EncoderMismatchError
        If the encoder is not that of the package.

    Examples
    --------
    >>> import dt4ecg
    >>> from dt4ecg.biometrics import shipped_cohort
    >>> cohort = shipped_cohort.load(dt4ecg.load("identity-encoder"))
    >>> len(cohort.templates), list(cohort.probes)
    (300, [1, 2, 4])
    """
    file = resources.files(__package__) / "weights" / f"{NAME}.safetensors"
    with resources.as_file(file) as path:
        tensors, _ = container.read(path)
    if not is_same_encoder(encoder, SHAPE, tensors["reference"].numpy()):
        raise EncoderMismatchError(
            f"fit_thresholds: {NAME!r} holds embeddings of the encoder "
            'dt4ecg.load("identity-encoder"), and this gallery has another one; pass segments of '
            "people of your own, fit_thresholds(X, subject)"
        )
    return as_cohort(*(tensors[name].numpy() for name in ("templates", "segments")))


def as_cohort(templates: NDArray[np.int8], segments: NDArray[np.int8]) -> Cohort:
    """Return the cohort of codes of templates (people, d) and of segments (people, 4, d).

    Neighbouring segments are fused to probes of 1, 2 and 4 segments.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.biometrics.shipped_cohort import as_cohort
    >>> codes = np.random.default_rng(0).integers(-127, 128, (3, 5, 8)).astype(np.int8)
    >>> cohort = as_cohort(codes[:, 0], codes[:, 1:])
    >>> {size: len(probes.people) for size, probes in cohort.probes.items()}
    {1: 12, 2: 9, 4: 3}
    """
    people, n, d = segments.shape
    vectors = normalised(segments.reshape(-1, d)).reshape(people, n, d)
    probes = {}
    for size in _SIZES:
        runs = [fused(row[k : k + size]) for row in vectors for k in range(n - size + 1)]
        of_whom = np.arange(people).repeat(n - size + 1)
        probes[size] = CohortProbes(np.array(runs), of_whom, np.zeros(len(runs), np.int64))
    return Cohort(normalised(templates), probes, ())


def write(
    path: str | os.PathLike[str],
    encoder: Encoder,
    templates: ArrayLike,
    segments: ArrayLike,
    about: Mapping[str, str],
) -> None:
    """Write a cohort of vectors (people, d) and (people, 4, d) as 8-bit integers.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    reference = reference_embeddings(encoder, SHAPE)
    assert reference is not None  # there is a shape
    tensors = {
        "templates": torch.from_numpy(_codes(templates)),
        "segments": torch.from_numpy(_codes(segments)),
        "reference": torch.from_numpy(reference),
    }
    container.write(path, tensors, {"kind": NAME, "about": dict(about)})


def _codes(vectors: ArrayLike) -> NDArray[np.int8]:
    """Return integers whose largest one in each vector is 127 or -127."""
    values = np.asarray(vectors, np.float64)
    largest = np.abs(values).max(axis=-1, keepdims=True)
    codes: NDArray[np.int8] = np.rint(values / largest * _LARGEST).astype(np.int8)
    return codes
