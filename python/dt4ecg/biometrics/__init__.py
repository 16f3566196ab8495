"""Biometrics: enrol people, verify and identify them, reject strangers, and find forged signals.

A :class:`Gallery` holds the templates of enrolled people. Its encoder, for example a fitted
:class:`dt4ecg.DT4ECGClassifier`, need not have been trained on them. A :class:`Verifier` trains an
:class:`IdentityEncoder` for this purpose, and :func:`load` reads one.
"""

import importlib as _importlib
from typing import TYPE_CHECKING, Any

from dt4ecg.biometrics.decisions import Candidate, Enrolment, Identification, Verification
from dt4ecg.biometrics.encoder import IdentityEncoder
from dt4ecg.biometrics.errors import (
    AlreadyEnrolledError,
    DoubtfulProbeError,
    EncoderMismatchError,
    NotEnrolledError,
    NoThresholdError,
)
from dt4ecg.biometrics.gallery import Gallery
from dt4ecg.biometrics.loading import load
from dt4ecg.biometrics.probes import Encoder
from dt4ecg.biometrics.trials import trial_scores
from dt4ecg.biometrics.verifier import Verifier
from dt4ecg.metrics.verification_curves import curves
from dt4ecg.training.augmentation import Augmentation

if TYPE_CHECKING:
    from dt4ecg.biometrics import noise, siamese, tamper

_SUBMODULES = ("noise", "siamese", "tamper")

__all__ = [
    "AlreadyEnrolledError",
    "Augmentation",
    "Candidate",
    "DoubtfulProbeError",
    "Encoder",
    "EncoderMismatchError",
    "Enrolment",
    "Gallery",
    "Identification",
    "IdentityEncoder",
    "NoThresholdError",
    "NotEnrolledError",
    "Verification",
    "Verifier",
    "curves",
    "load",
    "noise",
    "siamese",
    "tamper",
    "trial_scores",
]


def __getattr__(name: str) -> Any:
    if name in _SUBMODULES:
        return _importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
