"""Approximate scores of large galleries in 8-bit integers, with a bound of their error.

The product of a probe with float32 templates takes as long as reading them from memory. Integers
take a quarter of it. The bound leaves few templates, whose scores are then computed exactly.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from dt4ecg.biometrics.fusion import Embeddings

# With 127, processors without VNNI instructions add two products in 16 bits, and overflow.
_LARGEST = 63
_ROUNDING = 1e-6  # of the exact scores, which are float32
_CHECKED = 64  # rows


class CoarseScores:
    """Unit vectors as integers.

    Parameters
    ----------
    vectors : float32 array (n, d)
        Vectors of length 1.

    Raises
    ------
    RuntimeError
        If this torch has no exact product of 8-bit integers.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.biometrics.coarse_scores import CoarseScores
    >>> scores, bound = CoarseScores(np.eye(64, dtype=np.float32)).of(np.eye(64)[3])
    >>> int(scores.argmax()), bound < 1e-5
    (3, True)
    """

    def __init__(self, vectors: Embeddings) -> None:
        self._step = float(np.abs(vectors).max()) / _LARGEST
        codes = np.rint(np.ascontiguousarray(vectors) / self._step)
        rest = vectors - codes * self._step
        self._error = float(np.sqrt(np.square(rest).sum(axis=1).max()))
        self._codes = torch.from_numpy(codes.astype(np.int8))
        few = self._codes[:_CHECKED]
        expected = few.long() @ few[0].long()
        if not torch.equal(self._product(few[0])[: len(few)].long(), expected):
            raise RuntimeError("coarse scores: the product of 8-bit integers is not exact here")

    def of(self, vector: Embeddings) -> tuple[NDArray[np.float32], float]:
        """Return approximate scores (n,) of a unit vector, and their largest possible error."""
        step = float(np.abs(vector).max()) / _LARGEST
        codes = np.rint(vector / step)
        error = float(np.linalg.norm(vector - codes * step))
        product = self._product(torch.from_numpy(codes.astype(np.int8))).numpy()
        scores = product.astype(np.float32) * np.float32(step * self._step)
        length = float(np.linalg.norm(codes)) * step
        return scores, error + length * self._error + _ROUNDING

    def _product(self, codes: torch.Tensor) -> torch.Tensor:
        try:
            found: torch.Tensor = torch._int_mm(self._codes, codes.reshape(-1, 1))
        except AttributeError as error:  # the function is not public
            raise RuntimeError("coarse scores: this torch has no product of integers") from error
        return found[:, 0]
