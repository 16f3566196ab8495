"""High-pass, notch and resampling, compared with SciPy and with the cleaning of NeuroKit2."""

from collections.abc import Callable, Iterator

import numpy as np
from scipy import signal as scipy_signal

from benchmarks.measuring import Row, Settings, agree, medians
from dt4ecg import Preprocessor, signal

try:
    from neurokit2 import ecg_clean
except ImportError:
    ecg_clean = None

RATE, TARGET, MAINS = 1000, 100, 50


def run(settings: Settings) -> Iterator[Row]:
    second = RATE // 60 if settings.quick else RATE  # a minute becomes about a second
    shapes = {"1 hour": (1, 3600 * second), "150 records of 1 minute": (150, 60 * second)}
    for case, shape in shapes.items():
        noise = np.random.default_rng(0).standard_normal(shape)
        x = 2100 + 50 * noise + noise.cumsum(-1)  # with the drift and offset of a 12-bit recorder
        wanted = scipy(x)
        work: dict[str, Callable] = {"SciPy": lambda x=x: scipy(x)}
        if ecg_clean is not None:
            # It filters differently and does not resample, so only the times are compared.
            work["NeuroKit2 ecg_clean"] = lambda x=x: [ecg_clean(row, RATE) for row in x]
        found = {}
        for name, ours in {"signal": by_functions, "Preprocessor": by_preprocessor}.items():
            found[name] = agree(f"{case}, {name}", ours(x), wanted, 1e-9)
            work[name] = lambda x=x, ours=ours: ours(x)
        times = medians(work, settings.repeats(5))
        for name, difference in found.items():
            for peer in work.keys() - found.keys():
                yield Row(
                    f"{case} at 1 kHz, {name}",
                    peer,
                    settings.threads,
                    times[name],
                    times[peer],
                    difference if peer == "SciPy" else None,
                )


def by_functions(x: np.ndarray) -> np.ndarray:
    return signal.resample(signal.notch(signal.highpass(x, RATE), RATE, MAINS), RATE, TARGET)


def by_preprocessor(x: np.ndarray) -> np.ndarray:
    """Each record becomes one segment; `transform` returns float64 for float64 samples."""
    pre = Preprocessor.paper(
        target_rate=TARGET, notch=MAINS, normalize=None, segment_seconds=x.shape[-1] / RATE
    )
    return np.concatenate([segments[:, 0] for segments in pre.transform_many(list(x), RATE)])


def scipy(x: np.ndarray) -> np.ndarray:
    sos = scipy_signal.butter(4, 0.5, "high", fs=RATE, output="sos")
    b, a = scipy_signal.iirnotch(MAINS, 30, RATE)
    filtered = scipy_signal.filtfilt(b, a, scipy_signal.sosfiltfilt(sos, x))
    return scipy_signal.resample_poly(
        filtered, 1, RATE // TARGET, axis=-1, window=("kaiser", 5.0), padtype="line"
    )
