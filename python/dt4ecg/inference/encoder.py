"""An encoder: a network whose features describe segments, without a task."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import ClassVar, TypeVar

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from dt4ecg._common.segments import as_rows
from dt4ecg._common.wording import counted
from dt4ecg.inference.predictor import predict_embedding
from dt4ecg.nn import Network
from dt4ecg.signal.preprocessor import Preprocessor
from dt4ecg.storage import encoder_file

_Self = TypeVar("_Self", bound="ECGEncoder")


class ECGEncoder:
    """A network that maps segments to vectors, such as a pre-trained one.

    Parameters
    ----------
    network : dt4ecg.nn.Network
        Its pooled features are the vectors; its heads have no part.
    preprocessor : Preprocessor, optional
        Prepares recordings, and states the sampling rate of the segments.
    about : dict of str to str, optional
        Texts that are stored with it, such as ``{"licence": ..., "data": ...}``.

    Attributes
    ----------
    dimensions : int
        Length of the vectors.

    Raises
    ------
    TypeError
        If an argument is another object.

    See Also
    --------
    dt4ecg.pretraining.SelfDistillation : Trains one without labels.
    dt4ecg.DT4ECGClassifier : Its parameter `init` takes an encoder.

    Examples
    --------
    >>> import numpy as np
    >>> import dt4ecg
    >>> from dt4ecg.inference import ECGEncoder
    >>> encoder = ECGEncoder(dt4ecg.nn.Network("cnn", "none", segment_length=60, seed=0))
    >>> encoder.embed(np.eye(4, 60)).shape
    (4, 128)
    """

    kind: ClassVar[str] = encoder_file.ECG_ENCODER
    network_class: ClassVar[type[Network]] = Network

    def __init__(
        self,
        network: Network,
        preprocessor: Preprocessor | None = None,
        about: Mapping[str, str] | None = None,
    ) -> None:
        name = type(self).__name__
        if not isinstance(network, Network):
            raise TypeError(f"{name}: network must be a dt4ecg.nn.Network, got {network!r}")
        if preprocessor is not None and not isinstance(preprocessor, Preprocessor):
            raise TypeError(
                f"{name}: preprocessor must be a dt4ecg.Preprocessor or None, got {preprocessor!r}"
            )
        self.network = network.eval()
        self.preprocessor = preprocessor
        self.about = encoder_file.texts(name, about)

    @property
    def dimensions(self) -> int:
        """Length of the vectors."""
        return int(next(self.network.heads.parameters()).shape[1])

    def embed(self, X: ArrayLike | torch.Tensor) -> NDArray[np.float32]:
        """Return the vectors of segments.

        Parameters
        ----------
        X : array-like (n, T) or (n, leads, T)
            Segments at the sampling rate of the training.

        Returns
        -------
        vectors : float32 array (n, d)

        Raises
        ------
        ValueError
            If the segments have other leads or another length, or samples that are not finite.

        Examples
        --------
        >>> import numpy as np
        >>> import dt4ecg
        >>> network = dt4ecg.nn.Network("cnn", "none", segment_length=60, seed=0)
        >>> dt4ecg.inference.ECGEncoder(network).embed(np.eye(3, 60)).dtype
        dtype('float32')
        """
        rows, _, (leads, length) = as_rows("embed", X)
        spec = self.network.spec
        expected = (spec["in_channels"], spec["segment_length"])
        if (leads, length) != expected:
            raise ValueError(
                f"embed: takes segments of {counted(expected[0], 'lead')} and {expected[1]} "
                f"samples, got {leads} and {length}; choose leads, and cut and resample them as "
                "the encoder's preprocessor does"
            )
        segments = np.asarray(rows).reshape(-1, leads, length)
        vectors: NDArray[np.float32] = predict_embedding(self.network, segments).numpy()
        return vectors

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the encoder to one file, atomically and without pickle.

        Raises
        ------
        OSError
            If the file cannot be written.

        Examples
        --------
        >>> import tempfile
        >>> import dt4ecg
        >>> path = tempfile.mkdtemp() + "/encoder.safetensors"
        >>> dt4ecg.inference.ECGEncoder(dt4ecg.nn.Network("cnn", "none", seed=0)).save(path)
        >>> dt4ecg.load(path).dimensions
        128
        """
        encoder_file.write(
            path,
            encoder_file.EncoderFile(self.kind, self.network, self.preprocessor, self.about),
        )

    @classmethod
    def load(cls: type[_Self], path: str | os.PathLike[str]) -> _Self:
        """Read an encoder that :meth:`save` wrote.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file is damaged, or of another kind.

        Examples
        --------
        >>> import tempfile
        >>> import dt4ecg
        >>> from dt4ecg.inference import ECGEncoder
        >>> path = tempfile.mkdtemp() + "/encoder.safetensors"
        >>> ECGEncoder(dt4ecg.nn.Network("cnn", "none", seed=0)).save(path)
        >>> ECGEncoder.load(path).network.spec["backbone"]
        'cnn'
        """
        stored = encoder_file.read(path, (cls.kind,), cls.network_class)
        return cls(stored.network, stored.preprocessor, stored.about)

    def __repr__(self) -> str:
        spec = self.network.spec
        return (
            f"{type(self).__name__}({spec['backbone']}, attention {spec['attention']}, "
            f"{self.dimensions} dimensions)"
        )
