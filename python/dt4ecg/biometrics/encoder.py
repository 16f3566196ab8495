"""An encoder of identity: a network whose features stay similar for one person."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from dt4ecg._common.segments import as_rows
from dt4ecg._common.wording import counted
from dt4ecg.biometrics.arguments import require_preprocessor
from dt4ecg.biometrics.siamese.network import SiameseNetwork
from dt4ecg.inference import predict_embedding
from dt4ecg.nn import Network
from dt4ecg.nn.checks import require_sizes
from dt4ecg.signal.preprocessor import Preprocessor
from dt4ecg.storage import container, model_file
from dt4ecg.storage.parameters import load_into

KIND = "identity-encoder"
_HEADER = ("kind", "network", "preprocessor", "about")


class IdentityEncoder:
    """A network that maps segments to vectors, which are similar for segments of one person.

    It need not have been trained on the people whom it compares. :class:`Verifier` trains one.

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
    Gallery : Enrols, verifies and identifies people by these vectors.
    dt4ecg.load : Reads an encoder that was saved, or the one of the package.

    Examples
    --------
    >>> import numpy as np
    >>> import dt4ecg
    >>> from dt4ecg.biometrics import IdentityEncoder
    >>> network = dt4ecg.nn.Network("cnn", "none", segment_length=300, seed=0)
    >>> encoder = IdentityEncoder(network, dt4ecg.Preprocessor())
    >>> vectors = encoder.embed(np.random.default_rng(0).normal(size=(4, 1, 300)))
    >>> vectors.shape, np.linalg.norm(vectors, axis=1).round(4).tolist()
    ((4, 128), [1.0, 1.0, 1.0, 1.0])
    """

    def __init__(
        self,
        network: Network,
        preprocessor: Preprocessor | None = None,
        about: Mapping[str, str] | None = None,
    ) -> None:
        if not isinstance(network, Network):
            raise TypeError(
                f"IdentityEncoder: network must be a dt4ecg.nn.Network, got {network!r}"
            )
        require_preprocessor("IdentityEncoder", preprocessor)
        self.network = network.eval()
        self.preprocessor = preprocessor
        self.about = dict(about or {})

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
            Vectors of length 1.

        Raises
        ------
        ValueError
            If the segments have other leads or another length, or samples that are not finite, or a
            segment is flat in all leads and so has no direction.

        Examples
        --------
        >>> import numpy as np
        >>> import dt4ecg
        >>> network = dt4ecg.nn.Network("cnn", "none", segment_length=60, seed=0)
        >>> encoder = dt4ecg.biometrics.IdentityEncoder(network)
        >>> encoder.embed(np.eye(3, 60)).shape
        (3, 128)
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
        features = predict_embedding(self.network, segments).numpy().astype(np.float64)
        lengths = np.linalg.norm(features, axis=1, keepdims=True)
        if (lengths < 1e-12).any():
            raise ValueError(
                f"embed: {int((lengths < 1e-12).sum())} of {len(lengths)} segments give a vector "
                "of zeros, which has no direction; leave flat segments out"
            )
        vectors: NDArray[np.float32] = (features / lengths).astype(np.float32)
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
        >>> network = dt4ecg.nn.Network("cnn", "none", seed=0)
        >>> dt4ecg.biometrics.IdentityEncoder(network).save(path)
        >>> dt4ecg.load(path).dimensions
        128
        """
        preprocessor = None if self.preprocessor is None else self.preprocessor.to_dict()
        container.write(
            path,
            self.network.state_dict(),
            {
                "kind": KIND,
                "network": self.network.spec,
                "preprocessor": preprocessor,
                "about": self.about,
            },
        )

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> IdentityEncoder:
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
        >>> from dt4ecg.biometrics import IdentityEncoder
        >>> path = tempfile.mkdtemp() + "/encoder.safetensors"
        >>> IdentityEncoder(dt4ecg.nn.Network("cnn", "none", seed=0)).save(path)
        >>> IdentityEncoder.load(path).network.spec["backbone"]
        'cnn'
        """
        tensors, header = container.read(path)
        return cls._from(path, tensors, header)

    @classmethod
    def _from(
        cls,
        path: str | os.PathLike[str],
        tensors: Mapping[str, torch.Tensor],
        header: Mapping[str, Any],
    ) -> IdentityEncoder:
        if header.get("kind") != KIND:
            raise ValueError(
                f"load: {str(path)!r} is not an identity encoder; dt4ecg.load reads the other "
                "kinds of models"
            )
        with model_file.refusing(path):
            if missing := [name for name in _HEADER if name not in header]:
                raise ValueError(f"the header lacks {', '.join(missing)}")
            spec, about, stored = header["network"], header["about"], header["preprocessor"]
            model_file.check_network(spec)
            if stored is not None:
                model_file.check_preprocessor(stored)
            if not isinstance(about, dict) or not all(map(_is_text, about.values())):
                raise ValueError("the entry 'about' must be an object of texts")
            require_sizes(spec, tensors)
            network = SiameseNetwork(**spec)
            load_into(network, tensors)
            preprocessor = None if stored is None else Preprocessor.from_dict(stored)
        return cls(network, preprocessor, about)

    def __repr__(self) -> str:
        spec = self.network.spec
        return (
            f"IdentityEncoder({spec['backbone']}, attention {spec['attention']}, "
            f"{self.dimensions} dimensions)"
        )


def _is_text(value: object) -> bool:
    return isinstance(value, str)
