"""The reader of the models that dt4ecg writes, and of the model in the package."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from dt4ecg.biometrics import gallery_file, shipped_cohort
from dt4ecg.biometrics.encoder import KIND, IdentityEncoder
from dt4ecg.biometrics.noise import model_file as noise_file
from dt4ecg.biometrics.tamper import detector_file
from dt4ecg.estimator import DT4ECGClassifier, loading
from dt4ecg.inference import ECGEncoder
from dt4ecg.storage import container
from dt4ecg.storage.encoder_file import ECG_ENCODER
from dt4ecg.storage.shipped import SHIPPED, is_shipped, shipped_file

if TYPE_CHECKING:
    from dt4ecg.biometrics.noise import NoiseModel
    from dt4ecg.biometrics.tamper import TamperDetector


def load(
    path: str | os.PathLike[str],
) -> DT4ECGClassifier | ECGEncoder | TamperDetector | NoiseModel:
    """Read a model that dt4ecg has written, or a model of the package by its name.

    Parameters
    ----------
    path : path, "identity-encoder" or "ecg-encoder"
        A file that the method ``save`` of one of these models or of a pre-training wrote, or a
        checkpoint of a classifier. The two names are the encoders that the package has, unless
        there is a file of this name.

    Returns
    -------
    model : DT4ECGClassifier, ECGEncoder, IdentityEncoder, TamperDetector or NoiseModel

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is truncated, corrupted, not a model, or of a newer format. A gallery is not
        a model: :meth:`Gallery.load` needs its encoder.

    See Also
    --------
    dt4ecg.estimator.load : Reads classifiers only.

    Examples
    --------
    >>> import dt4ecg
    >>> encoder = dt4ecg.load("identity-encoder")
    >>> encoder.about["licence"]
    'ODC-BY 1.0'
    """
    if is_shipped(path):
        with shipped_file(str(path)) as file:
            return load(file)
    if path == shipped_cohort.NAME and not os.path.exists(path):
        raise ValueError(
            f"load: {path!r} is a background cohort; pass its name to Gallery.fit_thresholds"
        )
    kind = _kind(path)
    if kind == gallery_file.KIND:
        raise ValueError(
            f"load: {str(path)!r} is a gallery; read it with dt4ecg.biometrics.Gallery.load(path, "
            "encoder)"
        )
    if kind == KIND:
        return IdentityEncoder.load(path)
    if kind == ECG_ENCODER:
        return ECGEncoder.load(path)
    if kind == detector_file.KIND:
        from dt4ecg.biometrics.tamper import TamperDetector

        return TamperDetector.load(path)
    if kind == noise_file.KIND:
        from dt4ecg.biometrics.noise import NoiseModel

        return NoiseModel.load(path)
    return loading.load(path)


def _kind(path: str | os.PathLike[str]) -> Any:
    """Return the kind of a model file; None if it has none."""
    try:
        return container.read(path)[1].get("kind")
    except FileNotFoundError as error:
        if os.path.exists(path):
            raise
        raise FileNotFoundError(
            f"{error}; the models of the package are {', '.join(map(repr, SHIPPED))}"
        ) from None
