"""Random changes of segments that leave the person the same."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from dt4ecg._common import numbers

Segments = NDArray[np.float32]
_KNOTS = np.array([0.0, 0.04, 0.12, 0.24, 0.4, 0.7, 1.0])  # fractions of the Nyquist frequency
_number = partial(numbers.integer, "Augmentation")


@dataclass(frozen=True)
class Augmentation:
    """Change time, baseline, noise and frequency response of segments at random.

    The training of an encoder sees these changes as the same person. So the encoder learns to
    ignore what differs between electrodes and days.

    Parameters
    ----------
    segment_length : int, default=300
        Samples of the segments that it returns. They are cut at a random place from longer ones.
    sampling_rate : float, default=100.0
        In Hz.
    stretch : float, default=0.08
        Largest change of the time scale, as a logarithm. Segments that leave no space for it are
        only magnified.
    baseline : float, default=0.3
        Scale of a sinusoid of 0.1 to 0.7 Hz that is added.
    noise : float, default=0.1
        Scale of the noise that is added: white in half of the segments, low-pass in the others.
    filter : float, default=0.15
        Standard deviation of the logarithm of the gain at seven frequencies, between which the
        gain is linear.

    Raises
    ------
    ValueError
        If a number is outside its range: `segment_length` at least 2, the sampling rate above 0,
        `stretch` from 0 to 0.5, the others from 0 to 10.

    Notes
    -----
    Each lead is scaled to mean 0 and standard deviation 1 first. All scales are in these units, and
    each segment draws the magnitude of a normal distribution with the given scale.

    See Also
    --------
    dt4ecg.biometrics.Verifier : Trains an encoder with it.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.training import Augmentation
    >>> segments = np.random.default_rng(0).normal(size=(8, 1, 400)).astype(np.float32)
    >>> Augmentation()(segments, np.random.default_rng(1)).shape
    (8, 1, 300)
    """

    segment_length: int = 300
    sampling_rate: float = 100.0
    stretch: float = 0.08
    baseline: float = 0.3
    noise: float = 0.1
    filter: float = 0.15

    def __post_init__(self) -> None:
        _number("segment_length", self.segment_length, 2)
        if not 0 < numbers.real(self.sampling_rate) < np.inf:
            raise ValueError(
                "Augmentation: sampling_rate must be a finite number above 0 Hz, got "
                f"{self.sampling_rate!r}"
            )
        for name, most in (("stretch", 0.5), ("baseline", 10), ("noise", 10), ("filter", 10)):
            value = getattr(self, name)
            if not 0 <= numbers.real(value) <= most:
                raise ValueError(f"Augmentation: {name} must be from 0 to {most}, got {value!r}")

    def __call__(self, segments: Segments, generator: np.random.Generator) -> Segments:
        """Return changed segments (n, leads, segment_length) of segments (n, leads, T).

        Raises
        ------
        ValueError
            If T is below `segment_length`.
        """
        x = scaled(self._cut(segments, generator))
        n, _, length = x.shape
        if self.baseline:
            frequency = generator.uniform(0.1, 0.7, (n, 1, 1))
            phase = generator.uniform(0, 1, (n, 1, 1))
            time = np.arange(length) / self.sampling_rate
            wave = np.sin(2 * np.pi * (frequency * time + phase))
            x = x + _magnitude(self.baseline, n, generator) * wave
        if self.noise:
            white = generator.standard_normal((n, 1, length + 1))
            low = (white[..., 1:] + white[..., :-1]) / np.sqrt(2)
            is_white = generator.random((n, 1, 1)) < 0.5
            x = x + _magnitude(self.noise, n, generator) * np.where(is_white, white[..., 1:], low)
        if self.filter:
            logs = generator.normal(0, self.filter, (n, len(_KNOTS)))
            places = np.linspace(0, 1, length // 2 + 1)
            gain = np.exp([np.interp(places, _KNOTS, row) for row in logs])[:, None]
            x = np.fft.irfft(np.fft.rfft(x) * gain, length)
        return x.astype(np.float32)

    def _cut(self, segments: Segments, generator: np.random.Generator) -> NDArray[np.float64]:
        """Cut a window of a random length, and interpolate it to the length of a segment."""
        n, leads, available = segments.shape
        if available < self.segment_length:
            raise ValueError(
                f"Augmentation: segments have {available} samples, which is below segment_length="
                f"{self.segment_length}; pass longer ones, or set segment_length"
            )
        scale = np.exp(generator.uniform(-self.stretch, self.stretch, n))
        last = self.segment_length - 1
        scale = np.minimum(scale, (available - 1) / last)
        start = generator.uniform(0, 1, n) * (available - 1 - scale * last)
        places = np.minimum(start[:, None] + scale[:, None] * np.arange(last + 1), available - 1)
        before = np.minimum(places.astype(np.int64), available - 2)
        share = (places - before)[:, None]
        row, lead = np.arange(n)[:, None, None], np.arange(leads)[:, None]
        at = before[:, None]
        left, right = segments[row, lead, at], segments[row, lead, at + 1]
        found: NDArray[np.float64] = left * (1 - share) + right * share
        return found


def scaled(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each lead of each segment with mean 0 and standard deviation 1; flat ones become 0.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg.training.augmentation import scaled
    >>> scaled(np.array([[[1.0, 3.0]]]))
    array([[[-1.,  1.]]])
    """
    centred = x - x.mean(-1, keepdims=True)
    deviation = centred.std(-1, keepdims=True)
    found: NDArray[np.float64] = centred / np.where(deviation > 1e-9, deviation, np.inf)
    return found


def _magnitude(scale: float, n: int, generator: np.random.Generator) -> NDArray[np.float64]:
    return np.abs(generator.normal(0, scale, (n, 1, 1)))
