"""Random changes of segments that the search tried; the package has those that it needs."""

import numpy as np
import torch

from dt4ecg.training import SlowExchange
from dt4ecg.training.augmentation import scaled

RATE = 100.0
KNOTS = np.array([0.0, 0.04, 0.12, 0.24, 0.4, 0.7, 1.0])  # fractions of the Nyquist frequency
MODERATE = {"stretch": 0.1, "baseline": 0.3, "noise": 0.1, "filter": 0.2}


def change(x, activity, generator, stretch=0.0, baseline=0.0, noise=0.0, filter=0.0, slow=False):
    """Return changed segments (n, 1, T), scaled to mean 0 and standard deviation 1 first."""
    n, _, length = x.shape
    x = scaled((stretched(x, generator, stretch) if stretch else x).astype(float))
    if slow:
        x = SlowExchange(RATE)(x, activity, generator)
    if baseline:
        size, frequency, phase = (
            magnitude(baseline, n, generator),
            generator.uniform(0.1, 0.7, (n, 1, 1)),
            generator.uniform(0, 1, (n, 1, 1)),
        )
        x = x + size * np.sin(2 * np.pi * (frequency * np.arange(length) / RATE + phase))
    if noise:
        white = generator.standard_normal((n, 1, length + 1))
        low = (white[..., 1:] + white[..., :-1]) / np.sqrt(2)
        size = magnitude(noise, n, generator)
        x = x + size * np.where(generator.random((n, 1, 1)) < 0.5, white[..., 1:], low)
    if filter:
        logs = generator.normal(0, filter, (n, len(KNOTS)))
        places = np.linspace(0, 1, length // 2 + 1)
        gain = np.exp([np.interp(places, KNOTS, row) for row in logs])[:, None]
        x = np.fft.irfft(np.fft.rfft(x) * gain, length)
    return x.astype(np.float32)


def stretched(x, generator, most):
    """Change the time scale by up to ``exp(most)``; the ends are mirrored where it is needed."""
    n, _, length = x.shape
    last = length - 1
    scale = np.exp(generator.uniform(-most, most, n))
    shift = generator.uniform(-0.5, 0.5, n) * np.abs(1 - scale) * last
    places = (np.arange(length) - last / 2) * scale[:, None] + last / 2 + shift[:, None]
    places = np.clip(last - np.abs(last - np.abs(places)), 0, last)
    before = np.minimum(places.astype(int), length - 2)
    share = places - before
    left, right = (np.take_along_axis(x[:, 0], before + i, 1) for i in (0, 1))
    return (left * (1 - share) + right * share)[:, None]


def mixed(x, y, generator, concentration):
    """Return mixup of segments (Zhang et al. 2018), and the labels and shares of both parts."""
    share = generator.beta(concentration, concentration, len(x))
    share = np.maximum(share, 1 - share)
    other = generator.permutation(len(x))
    x, weight = scaled(x.astype(float)), share[:, None, None]
    x = (weight * x + (1 - weight) * x[other]).astype(np.float32)
    return x, {"first": y, "second": y[other], "share": share.astype(np.float32)}


def mixed_cross_entropy(outputs, targets):
    """Cross-entropy with the labels of two segments, smoothed by 0.1."""
    losses = {}
    for i, task in enumerate(("identity", "activity")):
        logs = outputs[task].log_softmax(1)
        share, classes = targets["share"][:, None], logs.shape[1]
        hot = [torch.nn.functional.one_hot(targets[k][:, i], classes) for k in ("first", "second")]
        wanted = 0.9 * (share * hot[0] + (1 - share) * hot[1]) + 0.1 / classes
        losses[task] = -(wanted * logs).sum(1).mean()
    return losses


def magnitude(scale, n, generator):
    """Return the magnitudes of normal numbers."""
    return np.abs(generator.normal(0, scale, (n, 1, 1)))
