"""The functions of dt4ecg.signal equal SciPy's, keep kinds and dtypes, and refuse bad input."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from scipy import signal as reference

from dt4ecg import _core, signal

RATES = [100, 360, 497.45, 1000.0]
LENGTHS = [28, 29, 1000, 4001]


def ecg_like(length: int, rows: tuple[int, ...] = (), seed: int = 0) -> np.ndarray:
    """Return noise and drift with the offset of a 12-bit recorder."""
    noise = np.random.default_rng(seed).standard_normal((*rows, length))
    return 2100 + 50 * noise + noise.cumsum(-1)


def assert_parity(ours: np.ndarray, theirs: np.ndarray, samples: np.ndarray) -> None:
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-9 * np.abs(samples).max())


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("cutoff", [0.5, 5.0, 40.0])
@pytest.mark.parametrize("order", [1, 2, 3, 4, 5, 8])
def test_highpass_equals_scipy(rate: float, cutoff: float, order: int) -> None:
    sos = reference.butter(order, cutoff, "high", fs=rate, output="sos")
    for length in LENGTHS:
        x = ecg_like(length)
        assert_parity(signal.highpass(x, rate, cutoff, order), reference.sosfiltfilt(sos, x), x)
        causal, _ = reference.sosfilt(sos, x, zi=reference.sosfilt_zi(sos) * x[0])
        assert_parity(signal.highpass(x, rate, cutoff, order, zero_phase=False), causal, x)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize(("frequency", "quality"), [(40, 30), (49.9, 30), (25, 0.7)])
def test_notch_equals_scipy(rate: float, frequency: float, quality: float) -> None:
    b, a = reference.iirnotch(frequency, quality, rate)
    for length in [10, *LENGTHS]:
        x = ecg_like(length)
        assert_parity(signal.notch(x, rate, frequency, quality), reference.filtfilt(b, a, x), x)
        causal, _ = reference.lfilter(b, a, x, zi=reference.lfilter_zi(b, a) * x[0])
        assert_parity(signal.notch(x, rate, frequency, quality, zero_phase=False), causal, x)


@pytest.mark.parametrize(
    ("rate", "target", "up", "down"),
    [
        (500, 100, 1, 5),
        (360, 100, 5, 18),
        (497.45, 100, 2000, 9949),
        (497.44, 100, 625, 3109),
        (100, 250, 5, 2),
        (100, 497.45, 9949, 2000),
    ],
)
def test_resample_equals_scipy(rate: float, target: float, up: int, down: int) -> None:
    for length in [2, *LENGTHS]:
        x = ecg_like(length)
        theirs = reference.resample_poly(x, up, down, window=("kaiser", 5.0), padtype="line")
        assert_parity(signal.resample(x, rate, target), theirs, x)


def test_defaults_are_those_of_the_documentation() -> None:
    x = ecg_like(1000)
    sos = reference.butter(4, 0.5, "high", fs=500, output="sos")
    responses = [reference.sosfreqz(design)[1] for design in (signal.design_highpass(500), sos)]
    np.testing.assert_allclose(*responses, atol=1e-9)
    assert_parity(signal.highpass(x, 500), reference.sosfiltfilt(sos, x), x)
    b, a = reference.iirnotch(60, 30, 500)
    np.testing.assert_allclose(signal.design_notch(500), [[*b, *a]], rtol=1e-9)
    assert_parity(signal.notch(x, 500), reference.filtfilt(b, a, x), x)
    np.testing.assert_array_equal(signal.segment(x, 100), x[:900].reshape(3, 300))
    np.testing.assert_array_equal(signal.minmax(np.stack([x, x])), [signal.minmax(x)] * 2)


def test_resampling_holds_a_single_sample() -> None:
    # SciPy's line through one point is NaN.
    np.testing.assert_allclose(signal.resample([7.0], 100, 500), 7.0, rtol=0.01)


def test_resample_to_the_same_rate_copies() -> None:
    x = ecg_like(100)
    y = signal.resample(x, 500, 500)
    assert np.array_equal(x, y)
    assert not np.shares_memory(x, y)


@pytest.mark.parametrize("order", [1, 2, 4, 7])
def test_highpass_response(order: int) -> None:
    frequencies = np.array([0.5, 5, 10, 40])
    sos = signal.design_highpass(500, 0.5, order)
    assert sos.shape == ((order + 1) // 2, 6)
    gain = np.abs(reference.sosfreqz(sos, frequencies, fs=500)[1])
    assert 20 * np.log10(gain[0]) == pytest.approx(-3.0103, abs=1e-4)
    np.testing.assert_allclose(gain[1:], 1, atol=6e-3)


def test_notch_response() -> None:
    sos = signal.design_notch(500, 50)
    gain = np.abs(reference.sosfreqz(sos, [50, 1, 10, 40], fs=500)[1])
    assert gain[0] < 1e-10
    np.testing.assert_allclose(gain[1:], 1, atol=4e-3)


def test_minmax_takes_any_axis() -> None:
    x = ecg_like(50, (2, 3))
    for axis in (-3, -2, -1, 0, 1, 2):
        low, high = x.min(axis, keepdims=True), x.max(axis, keepdims=True)
        np.testing.assert_allclose(signal.minmax(x, axis), (x - low) / (high - low), atol=1e-15)


def test_minmax_of_integers_is_not_all_zeros() -> None:
    y = signal.minmax(np.array([0, 1000, 4095], np.int16))
    assert y.dtype == np.float64
    np.testing.assert_allclose(y, [0, 1000 / 4095, 1])


def test_minmax_warns_of_flat_signals() -> None:
    with pytest.warns(UserWarning, match="minmax: 1 of 2 signals are flat; they became 0"):
        y = signal.minmax(np.stack([np.full(5, 7.0), np.arange(5.0)]))
    np.testing.assert_array_equal(y, [np.zeros(5), np.arange(5) / 4])


def test_segment_overlaps_and_counts_what_it_drops() -> None:
    x = np.arange(2 * 1070).reshape(2, 1070)
    segments, dropped = signal.segment(x, 100, overlap=0.5, return_dropped=True)
    assert segments.shape == (6, 2, 300)
    assert segments.dtype == np.float32
    assert dropped == 20
    np.testing.assert_array_equal(segments[1], x[:, 150:450])
    nothing, dropped = signal.segment(x[:, :299], 100, return_dropped=True)
    assert nothing.shape == (0, 2, 300)
    assert dropped == 299


WORK = {
    "highpass": lambda x: signal.highpass(x, 500),
    "notch": lambda x: signal.notch(x, 500),
    "resample": lambda x: signal.resample(x, 500, 100),
    "minmax": signal.minmax,
    "segment": lambda x: signal.segment(x, 500, seconds=0.5),
}


@pytest.fixture(params=sorted(WORK))
def operation(request: pytest.FixtureRequest) -> str:
    return request.param


def test_results_are_of_the_kind_of_the_samples(operation: str) -> None:
    x = ecg_like(600, (2, 3))
    expected = WORK[operation](x)
    assert isinstance(expected, np.ndarray)
    assert expected.dtype == np.float64
    from_torch = WORK[operation](torch.from_numpy(x))
    assert isinstance(from_torch, torch.Tensor)
    assert from_torch.dtype == torch.float64
    np.testing.assert_array_equal(from_torch.numpy(), expected)
    for single in (x.astype(np.float32), torch.from_numpy(x).float()):
        y = WORK[operation](single)
        assert type(y) is type(single)
        assert y.dtype == single.dtype
        np.testing.assert_allclose(np.asarray(y), expected, rtol=0, atol=1e-2)


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.uint16, np.int64])
def test_integers_become_floating(operation: str, dtype: type) -> None:
    x = np.random.default_rng(0).integers(0, 100, 600).astype(dtype)
    expected = np.float32 if operation == "segment" else np.float64
    for samples in (x, torch.from_numpy(x)):
        y = np.asarray(WORK[operation](samples))
        assert y.dtype == expected
        np.testing.assert_array_equal(y, WORK[operation](x.astype(expected)))


def test_any_memory_layout(operation: str) -> None:
    x = ecg_like(600, (4,))
    expected = WORK[operation](x)
    read_only = x.copy()
    read_only.flags.writeable = False
    spread = np.empty((8, 1200))
    spread[::2, ::2] = x
    layouts = [np.asfortranarray(x), spread[::2, ::2], read_only, x.astype(">f8"), x.tolist()]
    for layout in layouts:
        y = WORK[operation](layout)
        assert y.dtype == np.float64
        np.testing.assert_array_equal(y, expected)
    np.testing.assert_array_equal(read_only, x)
    np.testing.assert_array_equal(WORK[operation](x[:, ::-1]), WORK[operation](x[:, ::-1].copy()))
    transposed = torch.from_numpy(np.ascontiguousarray(x.T)).T
    np.testing.assert_array_equal(WORK[operation](transposed).numpy(), expected)


def test_the_samples_are_not_changed(operation: str) -> None:
    x = ecg_like(600)
    before = x.copy()
    y = WORK[operation](x)
    np.testing.assert_array_equal(x, before)
    assert not np.shares_memory(x, y)


GOOD = np.sin(np.arange(600.0))


def with_bad_samples(*shape: int) -> np.ndarray:
    x = np.zeros(shape)
    x.flat[[17, 19]] = np.nan, -np.inf
    return x


@pytest.mark.parametrize(
    ("x", "error", "text"),
    [
        (with_bad_samples(600), ValueError, "2 of 600 samples .* first at index 17;"),
        (with_bad_samples(60, 10), ValueError, r"2 of 600 samples .* first at index \(1, 7\);"),
        (torch.full((600,), torch.nan), ValueError, "600 of 600 samples"),
        (np.empty(0), ValueError, r"no samples, the shape is \(0,\)"),
        (np.empty((3, 0)), ValueError, r"no samples, the shape is \(3, 0\)"),
        (np.float64(3), ValueError, "got a scalar"),
        (GOOD > 0, TypeError, "got bool"),
        (GOOD * 1j, TypeError, "got complex128"),
        (GOOD.astype(object), TypeError, "got object"),
        (GOOD.astype(str), TypeError, "got <U"),
        (GOOD.astype(np.float16), TypeError, "got float16"),
        (None, TypeError, "got object"),
        (torch.ones(600, dtype=torch.bool), TypeError, "got torch.bool"),
        (torch.ones(600, dtype=torch.bfloat16), TypeError, "got torch.bfloat16"),
        (torch.ones(600, requires_grad=True), TypeError, r"pass x.detach\(\)"),
        (np.ma.masked_less(GOOD, 0), TypeError, "a mask would be lost"),
    ],
)
def test_bad_samples(operation: str, x: object, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=f"^{operation}: .*{text}"):
        WORK[operation](x)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (
            lambda: signal.notch(GOOD, 100),
            ValueError,
            "^notch: 60 Hz needs a sampling rate above 120 Hz, got 100 Hz; filter at the "
            "recorder's rate, pass notch=None, or notch=40 for the alias$",
        ),
        (lambda: signal.notch(GOOD, 120), ValueError, "above 120 Hz, got 120 Hz"),
        (lambda: signal.notch(GOOD, 500, quality=0), ValueError, "quality must be above"),
        (lambda: signal.notch(GOOD[:9], 500), ValueError, "more than 9 samples, got 9"),
        (lambda: signal.highpass(GOOD, 1), ValueError, "above 1 Hz, got 1 Hz"),
        (lambda: signal.highpass(GOOD, 0), ValueError, "positive number of Hz, got 0"),
        (lambda: signal.highpass(GOOD, np.nan), ValueError, "expects a finite number, got nan"),
        (lambda: signal.highpass(GOOD, -500), ValueError, "positive number of Hz, got -500"),
        (lambda: signal.highpass(GOOD, "500"), ValueError, "sampling_rate: expects a finite num"),
        (
            lambda: signal.highpass(GOOD, None),
            ValueError,
            "^highpass: the sampling rate is unknown",
        ),
        (lambda: signal.highpass(GOOD, True), ValueError, "sampling_rate: expects a finite number"),
        (lambda: signal.highpass(GOOD, 10**400), ValueError, "sampling_rate: expects a finite num"),
        (lambda: signal.highpass(GOOD, 500, cutoff=0), ValueError, "cutoff must be a positive"),
        (
            lambda: signal.highpass(GOOD, 500, order=0),
            ValueError,
            "^highpass: order .* at most 20",
        ),
        (lambda: signal.highpass(GOOD, 500, order=2.5), ValueError, "^highpass: order .* got 2.5"),
        (lambda: signal.highpass(GOOD, 500, order=2**40), ValueError, "at most 20, got 10995116"),
        (lambda: signal.design_highpass(500, order=21), ValueError, "^design_highpass: order must"),
        (
            lambda: signal.design_highpass(500, cutoff="1"),
            ValueError,
            "^cutoff: expects .* got '1'",
        ),
        (lambda: signal.highpass(GOOD[:15], 500), ValueError, "more than 15 samples, got 15"),
        (lambda: signal.resample(GOOD, 499.9991, 100), ValueError, "as 500 Hz, which makes it 1/5"),
        (lambda: signal.resample(GOOD, 500, 0), ValueError, "positive number of Hz, got 0"),
        (
            lambda: signal.minmax(GOOD, axis=1),
            ValueError,
            r"^minmax: the axis of shape \(600,\) must .* least -1 and at most 0, got 1",
        ),
        (lambda: signal.segment(GOOD, 100, overlap=1), ValueError, r"\[0, 1\), got 1"),
        (lambda: signal.segment(GOOD, 100, seconds=-1), ValueError, "got -1 s at 100 Hz"),
    ],
)
def test_bad_arguments(call, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call()


def test_the_highest_order_is_that_of_the_core() -> None:
    _core.signal.design_highpass(500, 0.5, signal.HIGHEST_ORDER)
    with pytest.raises(ValueError, match="the order must lie in"):
        _core.signal.design_highpass(500, 0.5, signal.HIGHEST_ORDER + 1)


def test_ten_threads_get_one_answer() -> None:
    x = ecg_like(5000, (8,))

    def chain(_: int) -> np.ndarray:
        return signal.resample(signal.notch(signal.highpass(x, 497.45), 497.45, 50), 497.45, 100)

    with ThreadPoolExecutor(10) as pool:
        first, *others = pool.map(chain, range(10))
    for other in others:
        np.testing.assert_array_equal(first, other)
