"""An encoder of identity: a network whose features stay similar for one person."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from dt4ecg.biometrics.siamese.network import SiameseNetwork
from dt4ecg.inference import ECGEncoder
from dt4ecg.storage import encoder_file

KIND = encoder_file.IDENTITY_ENCODER


class IdentityEncoder(ECGEncoder):
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

    kind = KIND
    network_class = SiameseNetwork

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
        features = super().embed(X).astype(np.float64)
        lengths = np.linalg.norm(features, axis=1, keepdims=True)
        if (lengths < 1e-12).any():
            raise ValueError(
                f"embed: {int((lengths < 1e-12).sum())} of {len(lengths)} segments give a vector "
                "of zeros, which has no direction; leave flat segments out"
            )
        vectors: NDArray[np.float32] = (features / lengths).astype(np.float32)
        return vectors
