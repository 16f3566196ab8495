"""Continuous wavelet transforms, compared with PyWavelets."""

from collections.abc import Iterator

import numpy as np

from benchmarks.measuring import Row, Settings, Skipped, agree, medians
from dt4ecg import signal

try:
    import pywt
except ImportError:
    pywt = None

SCALES = np.arange(5, 37)  # 2.8 to 20 Hz at 100 Hz
PRECISION = 16  # PyWavelets takes its wavelet from a table of 2 ** 16 values
MARGIN = 500  # samples around a signal while the answers are compared
CASES = {  # rate in Hz and shape
    "1000 segments of 3 s at 100 Hz": (100, (1000, 300)),
    "1 segment of 3 s at 100 Hz": (100, (1, 300)),
    "5 minutes at 250 Hz": (250, (1, 75_000)),
}


def run(settings: Settings) -> Iterator[Row]:
    if pywt is None:
        raise Skipped("PyWavelets is not installed: pip install PyWavelets")
    for case, (rate, shape) in CASES.items():
        if settings.quick:
            shape = (min(shape[0], 4), min(shape[1], 3000))
        x = np.random.default_rng(0).standard_normal(shape)
        theirs = of_pywavelets(x, rate).swapaxes(0, 1)
        mine = of_dt4ecg(held(x), rate)[..., MARGIN:-MARGIN] * np.sqrt(SCALES)[:, None] / 2
        difference = agree(case, np.abs(mine), np.abs(theirs), 5e-3)
        # In float32 the integral of PyWavelets is off by a tenth, so only the times are compared.
        for dtype, found in {np.float64: difference, np.float32: None}.items():
            y = x.astype(dtype)
            work = {
                "ours": lambda y=y, rate=rate: of_dt4ecg(y, rate),
                "theirs": lambda y=y, rate=rate: of_pywavelets(y, rate),
            }
            times = medians(work, settings.repeats(5))
            yield Row(
                f"{case}, {y.dtype}",
                "PyWavelets cwt",
                settings.threads,
                times["ours"],
                times["theirs"],
                found,
            )


def of_dt4ecg(x: np.ndarray, rate: float) -> np.ndarray:
    return signal.cwt(x, rate, rate / SCALES, cycles=5.0, edges="zero")


def of_pywavelets(x: np.ndarray, rate: float) -> np.ndarray:
    found, _ = pywt.cwt(
        x, SCALES, "cmor2.0-1.0", 1 / rate, method="fft", axis=-1, precision=PRECISION
    )
    return found


def held(x: np.ndarray) -> np.ndarray:
    """Return the staircase of x with a margin, over whose steps PyWavelets integrates."""
    padded = np.pad(x, [(0, 0), (MARGIN, MARGIN)])
    bins = np.fft.rfftfreq(padded.shape[-1])
    gain = np.sinc(bins) * np.exp(-1j * np.pi * bins)
    return np.fft.irfft(np.fft.rfft(padded) * gain, padded.shape[-1])
