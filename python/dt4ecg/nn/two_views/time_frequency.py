"""A spectrogram of a segment, and a two-dimensional encoder of it."""

from __future__ import annotations

import torch

WINDOW = 25  # samples, 0.25 s at 100 Hz
HOP = 13
_CHANNELS = (24, 48, 96)


def spectrogram(x: torch.Tensor) -> torch.Tensor:
    """Return the magnitudes of the short-time Fourier transform, standardised per lead.

    Parameters
    ----------
    x : Tensor (n, leads, T)
        Segments of at least 25 samples.

    Returns
    -------
    Tensor (n, leads, 13, frames)
        Frequencies from 0 to 12/25 of the sampling rate. Each lead has mean 0 and standard
        deviation 1; a lead without a signal is 0.

    Raises
    ------
    ValueError
        If the segments are shorter than a window.

    Notes
    -----
    Hann windows of 25 samples at a distance of 13, with zeros around the segment, as
    :func:`scipy.signal.stft` has them by default. No logarithm is taken. This is the input of the
    released code of Phan et al. (2022), arXiv 2210.06297.

    See Also
    --------
    dt4ecg.signal.cwt : Wavelet transforms, with a finer time scale at high frequencies.

    Examples
    --------
    >>> import torch
    >>> from dt4ecg.nn.two_views import spectrogram
    >>> spectrogram(torch.ones(2, 1, 250)).shape
    torch.Size([2, 1, 13, 21])
    """
    n, leads, length = x.shape
    if length < WINDOW:
        raise ValueError(
            f"spectrogram: segments need at least {WINDOW} samples, got {length}; cut longer ones"
        )
    half = WINDOW // 2
    rest = -(length + 2 * half - WINDOW) % HOP  # completes the last window
    padded = torch.nn.functional.pad(x.flatten(0, 1), (half, half + rest))
    window = torch.hann_window(WINDOW, device=x.device, dtype=x.dtype)
    found = (
        torch.stft(padded, WINDOW, HOP, window=window, center=False, return_complex=True).abs()
        / window.sum()
    )
    found = found.reshape(n, leads, *found.shape[1:])
    centred = found - found.mean((-2, -1), keepdim=True)
    deviation = centred.square().mean((-2, -1), keepdim=True).sqrt()
    scaled: torch.Tensor = centred / torch.where(deviation > 1e-9, deviation, torch.inf)
    return scaled


class Spectrogram(torch.nn.Module):
    """A backbone of two-dimensional residual modules on the spectrogram of a segment.

    A convolution and three residual modules with squeeze-and-excitation have 24, 24, 48 and 96
    channels. The feature maps are averaged over the frequencies.

    Parameters
    ----------
    in_channels : int
        Number of leads.
    segment_length : int
        Samples of a segment, at least 25.

    Raises
    ------
    ValueError
        If a segment is shorter than a window.

    Notes
    -----
    Phan et al. (2022) use an SE-ResNet-34. This network has the size of the others here.

    Examples
    --------
    >>> import torch
    >>> from dt4ecg.nn.two_views import Spectrogram
    >>> Spectrogram(1, 300)(torch.zeros(2, 1, 300)).shape
    torch.Size([2, 96, 6])
    """

    channels = _CHANNELS[-1]

    def __init__(self, in_channels: int, segment_length: int) -> None:
        super().__init__()
        spectrogram(torch.zeros(1, 1, segment_length))
        first = _CHANNELS[0]
        self.stem = torch.nn.Sequential(
            torch.nn.Conv2d(in_channels, first, 3, padding=1, bias=False),
            torch.nn.BatchNorm2d(first),
            torch.nn.ReLU(),
        )
        before = (first, *_CHANNELS)
        self.residuals = torch.nn.Sequential(
            *(
                _Residual(before[i], channels, 1 if i == 0 else 2)
                for i, channels in enumerate(_CHANNELS)
            )
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return feature maps (batch, 96, frames / 4) of segments (batch, leads, T)."""
        found: torch.Tensor = self.residuals(self.stem(spectrogram(x)))
        return found.mean(2)


class _Residual(torch.nn.Module):
    """Two convolutions with squeeze-and-excitation, and a shortcut."""

    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.convolutions = torch.nn.Sequential(
            torch.nn.Conv2d(before, after, 3, stride, padding=1, bias=False),
            torch.nn.BatchNorm2d(after),
            torch.nn.ReLU(),
            torch.nn.Conv2d(after, after, 3, padding=1, bias=False),
            torch.nn.BatchNorm2d(after),
        )
        self.excitation = torch.nn.Sequential(
            torch.nn.AdaptiveAvgPool2d(1),
            torch.nn.Conv2d(after, after // 8, 1),
            torch.nn.ReLU(),
            torch.nn.Conv2d(after // 8, after, 1),
            torch.nn.Sigmoid(),
        )
        self.shortcut = torch.nn.Identity()
        if before != after or stride > 1:
            self.shortcut = torch.nn.Sequential(  # type: ignore[assignment]
                torch.nn.Conv2d(before, after, 1, stride, bias=False), torch.nn.BatchNorm2d(after)
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        found = self.convolutions(x)
        return torch.relu(found * self.excitation(found) + self.shortcut(x))
