"""The scores of a trained noise model."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from dt4ecg._common.arrays import require_finite, to_numpy
from dt4ecg.biometrics.noise.diffusion import noised, reverse
from dt4ecg.biometrics.noise.distances import Separation, separation
from dt4ecg.biometrics.noise.unet import UNet
from dt4ecg.signal.wavelets import wavelet_image

FREQUENCIES = 32
_ROWS = 256  # images that are scored at a time


class NoiseScores(BaseEstimator):  # type: ignore[misc]
    """The methods of :class:`NoiseModel` after the training."""

    sampling_rate: float
    width: int
    unit: float | None
    start: int
    calls: int
    network_: UNet
    noise_: torch.Tensor
    n_features_in_: int

    def score_samples(self, X: ArrayLike | torch.Tensor) -> NDArray[np.float64]:
        """Return how clean each segment is.

        Parameters
        ----------
        X : array or tensor (n, T) or (n, leads, T)

        Returns
        -------
        array (n,) or (n, leads)
            Peak signal-to-noise ratio of the reconstruction in dB. Larger is cleaner. The score of
            a segment does not depend on the others. A constant segment, which is easy to
            reconstruct and yet no ECG, has the score NaN.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before `fit`.
        ValueError
            If the segments have another length than those of `fit`, or values that are not finite.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg.biometrics.noise import NoiseModel
        >>> X = np.random.default_rng(0).normal(size=(4, 3, 100))
        >>> NoiseModel(width=16, channels=8, epochs=1).fit(X).score_samples(X).shape
        (4, 3)
        """
        errors = self.errors(X).mean(axis=-1)
        decibels: NDArray[np.float64] = -10 * np.log10(np.maximum(errors, 1e-12))
        return decibels

    def score(self, X: ArrayLike | torch.Tensor, y: object = None) -> float:
        """Return the mean of :meth:`score_samples`, as scikit-learn's model selection needs it.

        Parameters
        ----------
        X : array or tensor (n, T) or (n, leads, T)
        y : ignored

        Returns
        -------
        float
            Mean in dB; NaN if a segment is constant.

        Raises
        ------
        sklearn.exceptions.NotFittedError, ValueError
            As :meth:`score_samples`. Also if there are no segments.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg.biometrics.noise import NoiseModel
        >>> X = np.random.default_rng(0).normal(size=(4, 100))
        >>> model = NoiseModel(width=16, channels=8, epochs=1).fit(X)
        >>> bool(model.score(X) == model.score_samples(X).mean())
        True
        """
        return float(self.score_samples(X).mean())

    def errors(self, X: ArrayLike | torch.Tensor) -> NDArray[np.float64]:
        """Return the squared error of the reconstruction over time, for images in [0, 1].

        Parameters
        ----------
        X : array or tensor (n, T) or (n, leads, T)

        Returns
        -------
        array (n, width) or (n, leads, width)
            Mean over the frequencies of each column. A short burst of noise shows in a few columns.

        Raises
        ------
        sklearn.exceptions.NotFittedError, ValueError
            As :meth:`score_samples`.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg.biometrics.noise import NoiseModel
        >>> X = np.random.default_rng(0).normal(size=(4, 100))
        >>> NoiseModel(width=16, channels=8, epochs=1).fit(X).errors(X).shape
        (4, 16)
        """
        check_is_fitted(self)
        rows = segment_rows("score", X)
        if rows.shape[1] != self.n_features_in_:
            raise ValueError(
                f"score: the model takes segments of {self.n_features_in_} samples, got "
                f"{rows.shape[1]}; cut them as for fit"
            )
        times = self._times()
        found = []
        with torch.no_grad():
            for first in range(0, len(rows), _ROWS):
                image = self._images(rows[first : first + _ROWS])
                start = noised(image, self.noise_.expand_as(image), torch.tensor([self.start]))
                error = (reverse(self.network_, start, times) - image) / 2  # from [-1, 1] to [0, 1]
                found.append(error.double().square().mean(1))
        errors: NDArray[np.float64] = torch.cat(found).numpy()
        if not np.isfinite(errors).all():
            raise ValueError(
                "score: the network gives values that are NaN or infinite, so its weights or its "
                "noise are damaged; use another model"
            )
        errors[np.ptp(rows, axis=1) == 0] = np.nan
        return errors.reshape(*to_numpy("score", X).shape[:-1], self.width)

    def wasserstein(
        self, clean: ArrayLike | torch.Tensor, noisy: ArrayLike | torch.Tensor
    ) -> Separation:
        """Return the distance between the scores of clean and of noisy segments.

        Parameters
        ----------
        clean, noisy : array or tensor (n, T) or (n, leads, T)

        Returns
        -------
        Separation

        Raises
        ------
        sklearn.exceptions.NotFittedError, ValueError
            As :meth:`score_samples`.

        See Also
        --------
        separation : The same for scores of any kind.

        Examples
        --------
        >>> import numpy as np
        >>> from dt4ecg.biometrics.noise import NoiseModel
        >>> X = np.random.default_rng(0).normal(size=(4, 100))
        >>> model = NoiseModel(width=16, channels=8, epochs=1).fit(X)
        >>> model.wasserstein(X, X)
        Separation(pooled=0.0, balanced=0.0)
        """
        return separation(self.score_samples(clean).ravel(), self.score_samples(noisy).ravel())

    def _times(self) -> list[int]:
        """Return the times of the calls: 30, 20, 10 for three, and 30, 20, 10, 0 for four."""
        last = 0 if self.calls == 4 else self.start / self.calls
        return [round(time) for time in np.linspace(self.start, last, self.calls)]

    def _images(self, rows: NDArray[Any]) -> torch.Tensor:
        """Return images in [-1, 1]."""
        made = wavelet_image(
            rows, self.sampling_rate, FREQUENCIES, width=self.width, unit=self.unit
        )
        return torch.from_numpy(2 * made - 1)


def segment_rows(operation: str, X: Any) -> NDArray[Any]:
    """Return segments of any number of leads as rows (n, T).

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.biometrics.noise.scores import segment_rows
    >>> segment_rows("fit", np.zeros((4, 3, 100))).shape
    (12, 100)
    """
    x = to_numpy(operation, X)
    if x.ndim not in (2, 3):
        raise ValueError(
            f"{operation}: X must be segments (n, T) or (n, leads, T), got {x.shape}; a segment "
            "x (T,) alone is x[None]"
        )
    require_finite(operation, x)
    return x.reshape(-1, x.shape[-1])
