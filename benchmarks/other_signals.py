"""Simulated signals other than ECG, with the noise and the resolution of a recorder."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]
Make = Callable[[np.random.Generator, int, float], Samples]


def noise_of_power(rng: np.random.Generator, n: int, exponent: float) -> Samples:
    """Return noise whose power falls with the frequency to this exponent."""
    frequencies = np.fft.rfftfreq(n)
    scale = np.zeros(len(frequencies))
    scale[1:] = frequencies[1:] ** (-exponent / 2)
    phases = rng.normal(size=len(scale)) + 1j * rng.normal(size=len(scale))
    samples = np.fft.irfft(phases * scale, n)
    return samples / samples.std()


def white(rng: np.random.Generator, n: int, rate: float) -> Samples:
    return rng.normal(size=n)


def pink(rng: np.random.Generator, n: int, rate: float) -> Samples:
    return noise_of_power(rng, n, 1)


def walk(rng: np.random.Generator, n: int, rate: float) -> Samples:
    return np.cumsum(rng.normal(size=n))


def mains(frequency: float) -> Make:
    def make(rng: np.random.Generator, n: int, rate: float) -> Samples:
        t = np.arange(n) / rate
        samples = np.zeros(n)
        for harmonic, height in ((1, 1.0), (2, rng.uniform(0, 0.3)), (3, rng.uniform(0, 0.3))):
            if harmonic * frequency < rate / 2:
                phase = rng.uniform(0, 2 * np.pi)
                samples += height * np.sin(2 * np.pi * harmonic * frequency * t + phase)
        samples *= 1 + 0.1 * rng.uniform() * np.sin(2 * np.pi * rng.uniform(0.1, 1) * t)
        return samples + 10 ** rng.uniform(-4, -1) * rng.normal(size=n)

    return make


def sine(rng: np.random.Generator, n: int, rate: float) -> Samples:
    phase, frequency = rng.uniform(0, 2 * np.pi), 10 ** rng.uniform(-1, 1.3)
    samples = np.sin(2 * np.pi * frequency * np.arange(n) / rate + phase)
    return samples + 10 ** rng.uniform(-5, -1) * rng.normal(size=n)


def square(rng: np.random.Generator, n: int, rate: float) -> Samples:
    phase, frequency = rng.uniform(0, 2 * np.pi), 10 ** rng.uniform(-0.3, 1)
    samples = np.sign(np.sin(2 * np.pi * frequency * np.arange(n) / rate + phase))
    return samples + 10 ** rng.uniform(-5, -1) * rng.normal(size=n)


def rounded_square(rng: np.random.Generator, n: int, rate: float) -> Samples:
    width = int(0.02 * rate) + 1
    return np.convolve(square(rng, n, rate), np.ones(width) / width, "same")


def at_heart_rate(shape: Callable[[np.random.Generator, Samples], Samples]) -> Make:
    """Return a wave of -1 to 1 at 0.8 to 3 Hz; a fifth of them have no noise, the others up to 5 %.

    `shape` takes the phase, from 0 to 1 in each period.
    """

    def make(rng: np.random.Generator, n: int, rate: float) -> Samples:
        phase, frequency = rng.uniform(), rng.uniform(0.8, 3)
        samples = shape(rng, (frequency * np.arange(n) / rate + phase) % 1)
        noise = max(0.0, rng.uniform(-0.0125, 0.05))
        return float(rng.choice([-1, 1])) * samples + noise * rng.normal(size=n)

    return make


def pulses(rng: np.random.Generator, phase: Samples) -> Samples:
    return np.where(phase < rng.uniform(0.1, 0.3), 1.0, -1.0)


def respiration(rng: np.random.Generator, n: int, rate: float) -> Samples:
    t = np.arange(n) / rate
    knots = np.arange(0, t[-1] + 4, 3)
    changes = 1 + 0.2 * np.interp(t, knots, rng.normal(size=len(knots)))
    phase = 2 * np.pi * np.cumsum(rng.uniform(0.15, 0.45) * changes) / rate
    samples = np.sin(phase) + 0.3 * np.sin(2 * phase + 1)
    return _measured(rng, samples + 10 ** rng.uniform(-4, -1.3) * rng.normal(size=n))


def skin_conductance(rng: np.random.Generator, n: int, rate: float) -> Samples:
    """Return electrodermal activity in microsiemens: a slow level and responses of 1 to 6 s."""
    t = np.arange(n) / rate
    drift = np.cumsum(rng.normal(size=n)) / np.sqrt(rate) * rng.uniform(0, 0.02)
    samples = rng.uniform(1, 15) + rng.normal() * 0.005 * t + drift
    responses = rng.poisson((t[-1] + 10) * rng.uniform(2, 15) / 60)
    for start in rng.uniform(-10, t[-1], responses):
        since = np.maximum(t - start, 0)
        rise, fall = rng.uniform(0.5, 1), rng.uniform(2, 6)
        samples += rng.uniform(0.05, 1) * (np.exp(-since / fall) - np.exp(-since / rise))
    return _measured(rng, samples + 10 ** rng.uniform(-5, -2) * rng.normal(size=n))


def counter(rng: np.random.Generator, n: int, rate: float) -> Samples:
    period, step = int(rng.choice([16, 100, 128, 256, 1000, 1024, 65536])), int(rng.choice([1, 2]))
    return (np.arange(n) * step + rng.integers(period)) % period * 1.0


def zeros(rng: np.random.Generator, n: int, rate: float) -> Samples:
    return np.zeros(n)


def constant(rng: np.random.Generator, n: int, rate: float) -> Samples:
    return np.full(n, rng.normal() * 1000)


def rail(rng: np.random.Generator, n: int, rate: float) -> Samples:
    return np.full(n, float(rng.choice([-4096, 4095, -30000, 30000])))


def noisy_rail(rng: np.random.Generator, n: int, rate: float) -> Samples:
    return np.minimum(np.round(4095 + 10 ** rng.uniform(-1, 1.5) * rng.normal(size=n)), 4095)


def open_lead(rng: np.random.Generator, n: int, rate: float) -> Samples:
    """Return the hum, the wander and the noise that an electrode without contact picks up."""
    hum = mains(float(rng.choice([50, 60])))(rng, n, rate)
    return hum + rng.uniform(0, 3) * noise_of_power(rng, n, 2) + rng.uniform() * white(rng, n, rate)


def _measured(rng: np.random.Generator, samples: Samples) -> Samples:
    """Return the samples, in some cases as counts of a converter of 8 to 16 bits."""
    bits = int(rng.choice([0, 0, 8, 10, 12, 16]))
    if bits == 0:
        return samples
    low, high = samples.min(), samples.max()
    return np.round((samples - low) / (high - low) * rng.uniform(0.05, 0.8) * 2**bits)


KINDS: dict[str, Make] = {
    "zeros": zeros,
    "constant": constant,
    "rail": rail,
    "rail with noise": noisy_rail,
    "electrode without contact": open_lead,
    "white noise": white,
    "pink noise": pink,
    "random walk": walk,
    "mains at 50 Hz": mains(50),
    "mains at 60 Hz": mains(60),
    "sine": sine,
    "square wave": square,
    "rounded square wave": rounded_square,
    "respiration": respiration,
    "skin conductance": skin_conductance,
    "counter": counter,
    "sine at 0.8 to 3 Hz": at_heart_rate(lambda rng, phase: np.sin(2 * np.pi * phase)),
    "square wave at 0.8 to 3 Hz": at_heart_rate(lambda rng, phase: np.sign(phase - 0.5)),
    "triangle wave at 0.8 to 3 Hz": at_heart_rate(lambda rng, phase: 4 * np.abs(phase - 0.5) - 1),
    "sawtooth at 0.8 to 3 Hz": at_heart_rate(lambda rng, phase: 2 * phase - 1),
    "pulses at 0.8 to 3 Hz": at_heart_rate(pulses),
}
