"""Wavelets, compared with PyWavelets and with direct convolutions in NumPy."""

import numpy as np
import pytest
import torch

from dt4ecg import signal
from dt4ecg.io import Recording

RATE = 250.0
FREQUENCIES = np.array([2.0, 5.0, 9.5, 20.0, 40.0, 80.0])


def noise(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def morlet(frequency, cycles, half):
    """A sampled wavelet from -half to half samples, from the definition of Moca et al."""
    t = np.arange(-half, half + 1) / RATE
    gaussian = np.exp(-(t**2) / (2 * (cycles / (5 * frequency)) ** 2))
    return 2 * gaussian / gaussian.sum() * np.exp(2j * np.pi * frequency * t)


def by_convolution(x, frequency, cycles, edges):
    half = 700  # seven standard deviations of the longest wavelet
    kind = {"reflect": "symmetric", "zero": "constant"}[edges]
    padded = np.pad(x, half, mode=kind)
    return np.convolve(padded, morlet(frequency, cycles, half), mode="valid")


@pytest.mark.parametrize("edges", ["reflect", "zero"])
@pytest.mark.parametrize("length", [1, 2, 101, 300])
def test_cwt_is_a_convolution(edges, length):
    x = noise(length)
    found = signal.cwt(x, RATE, FREQUENCIES, cycles=4, edges=edges)
    wanted = [by_convolution(x, frequency, 4, edges) for frequency in FREQUENCIES]
    assert found.shape == (len(FREQUENCIES), length)
    np.testing.assert_allclose(found, wanted, atol=2e-7)


@pytest.mark.parametrize("edges", ["reflect", "zero"])
def test_cwt_of_a_signal_much_longer_than_the_wavelets(edges):
    x = noise(4001)
    found = signal.cwt(x, RATE, [30.0, 100.0], cycles=3, edges=edges)
    padded = np.pad(x, 100, mode={"reflect": "symmetric", "zero": "constant"}[edges])
    for row, frequency in zip(found, [30.0, 100.0], strict=True):
        wanted = np.convolve(padded, morlet(frequency, 3, 100), mode="valid")
        np.testing.assert_allclose(row, wanted, atol=1e-6)


def test_cwt_agrees_with_pywavelets():
    """PyWavelets integrates its wavelet over each sample, as if the signal were a staircase.

    It takes the integral from a table; the coarser the table, the larger its error. At fractional
    scales, it is also shifted by up to half a sample.
    """
    pywt = pytest.importorskip("pywt")
    x, scales = np.pad(noise(2000), 500), np.array([5, 8, 12, 25, 50])
    theirs, _ = pywt.cwt(x, scales, "cmor2.0-1.0", 1 / RATE, method="fft", precision=18)
    bins = np.fft.rfftfreq(len(x))
    held = np.fft.irfft(np.fft.rfft(x) * np.sinc(bins) * np.exp(-1j * np.pi * bins))
    ours = signal.cwt(held, RATE, RATE / scales, cycles=5, edges="zero")
    ours = ours * np.sqrt(scales)[:, None] / 2
    assert np.abs(theirs).max(axis=1).min() > 0.5
    np.testing.assert_allclose(ours, theirs, atol=3e-3)


@pytest.mark.parametrize("kind", ["multiplicative", "additive"])
def test_superlet_is_a_geometric_mean(kind):
    x = noise(300)
    orders = [1, 2, 3, 5, 8, 16]
    found = signal.superlet(x, RATE, FREQUENCIES, orders, cycles=1.5, kind=kind)
    for row, frequency, order in zip(found, FREQUENCIES, orders, strict=True):
        counts = np.arange(order)
        cycles = 1.5 * (counts + 1) if kind == "multiplicative" else 1.5 + counts
        several = [np.abs(by_convolution(x, frequency, one, "reflect")) for one in cycles]
        np.testing.assert_allclose(row, np.exp(np.log(several).mean(axis=0)), rtol=1e-6)


def test_a_pair_of_orders_rises_with_the_frequency():
    x, frequencies = noise(200), np.array([10.0, 20.0, 30.0, 50.0])
    adaptive = signal.superlet(x, RATE, frequencies, (1, 5))
    np.testing.assert_array_equal(adaptive, signal.superlet(x, RATE, frequencies, [1, 2, 3, 5]))


def test_rows_precision_and_kind():
    x = noise(3, 2, 200)
    whole = signal.superlet(x, RATE, FREQUENCIES, 4)
    assert whole.shape == (3, 2, 6, 200)
    assert whole.dtype == np.float64
    one = signal.superlet(x[1, 1], RATE, FREQUENCIES, 4)
    np.testing.assert_allclose(whole[1, 1], one, rtol=1e-12)
    single = signal.superlet(torch.from_numpy(x.astype(np.float32)), RATE, FREQUENCIES, 4)
    assert isinstance(single, torch.Tensor)
    assert single.dtype == torch.float32
    np.testing.assert_allclose(single, whole, atol=1e-5 * whole.max())
    complex_one = signal.cwt(x.astype(np.float32), RATE, FREQUENCIES)
    assert complex_one.dtype == np.complex64
    np.testing.assert_allclose(complex_one, signal.cwt(x, RATE, FREQUENCIES), atol=2e-6)


@pytest.mark.parametrize("gain", [1e-12, 1e12])
def test_magnitudes_follow_the_gain(gain):
    x = noise(200)
    whole = signal.superlet(x, RATE, FREQUENCIES, 16)
    np.testing.assert_allclose(
        signal.superlet(gain * x, RATE, FREQUENCIES, 16), gain * whole, rtol=1e-9
    )


def test_gaps_of_a_recording_are_not_crossed():
    x = noise(2, 500)
    recording = Recording(x, RATE, gaps=(200,))
    found = signal.cwt(recording, frequencies=FREQUENCIES)
    np.testing.assert_array_equal(found[..., :200], signal.cwt(x[:, :200], RATE, FREQUENCIES))
    np.testing.assert_array_equal(found[..., 200:], signal.cwt(x[:, 200:], RATE, FREQUENCIES))


def test_threads_give_the_same_bits():
    x, threads = noise(40, 300), torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        one = signal.superlet(x, RATE, FREQUENCIES)
        torch.set_num_threads(2)
        np.testing.assert_array_equal(one, signal.superlet(x, RATE, FREQUENCIES))
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(threads)


@pytest.mark.parametrize(
    "arguments",
    [
        {"frequencies": []},
        {"frequencies": [0.0]},
        {"frequencies": [-3.0]},
        {"frequencies": [126.0]},
        {"frequencies": [np.nan]},
        {"frequencies": [[5.0]]},
        {"frequencies": ["5"]},
        {"cycles": 0.5},
        {"cycles": np.nan},
        {"cycles": [5.0, 5.0]},
        {"edges": "mirror"},
        {"sampling_rate": 0},
        {"sampling_rate": np.inf},
        {"x": [np.nan, 1.0]},
        {"x": []},
        {"x": [1e31, 0.0]},
    ],
)
def test_cwt_refuses(arguments):
    with pytest.raises(ValueError, match=r"wavelets|cwt|sampling_rate"):
        signal.cwt(**({"x": noise(50), "sampling_rate": RATE, "frequencies": [5.0]} | arguments))


@pytest.mark.parametrize(
    "arguments",
    [{"order": 0}, {"order": 65}, {"order": 1.5}, {"order": [1, 2, 3]}, {"kind": "other"}],
)
def test_superlet_refuses(arguments):
    with pytest.raises(ValueError, match=r"wavelets|superlet"):
        signal.superlet(noise(50), RATE, [5.0], **arguments)


def test_image_is_the_mean_logarithm_of_power():
    x = noise(2, 300)
    found = signal.wavelet_image(x, 100, frequencies=[3.0, 12.0], width=50, order=3, decades=4)
    scaled = (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True)
    power = signal.superlet(scaled, 100, [3.0, 12.0], 3) ** 2
    wanted = np.clip(1 + np.log10(power) / 4, 0, 1).reshape(2, 2, 50, 6).mean(axis=-1)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, wanted, atol=1e-5)


def test_columns_of_an_image_may_cut_samples():
    x = noise(1, 300)
    wide = signal.wavelet_image(x, 100, width=300, order=1)
    narrow = signal.wavelet_image(x, 100, width=64, order=1)
    fine = np.repeat(wide, 64, axis=-1).reshape(1, 32, 64, 300).mean(axis=-1)
    np.testing.assert_allclose(narrow, fine, atol=1e-6)


def test_images_do_not_depend_on_gain_and_offset():
    x = noise(2, 300)
    found = signal.wavelet_image(x, 100)
    np.testing.assert_allclose(signal.wavelet_image(300 * x + 2048, 100), found, atol=1e-4)
    assert found.min() >= 0
    assert found.max() <= 1
    fixed = signal.wavelet_image(x, 100, unit=10.0)
    assert np.mean(found) - np.mean(fixed) == pytest.approx(2 / 8, abs=0.03)


def test_image_of_a_flat_segment_is_zero():
    found = signal.wavelet_image(np.stack([np.full(300, 7.0), noise(300)]), 100)
    assert not found[0].any()
    assert found[1].any()


@pytest.mark.parametrize(
    "arguments", [{"width": 0}, {"width": 301}, {"unit": 0}, {"decades": 0}, {"frequencies": 0}]
)
def test_image_refuses(arguments):
    with pytest.raises(ValueError, match="wavelet_image"):
        signal.wavelet_image(noise(1, 300), 100, **arguments)


@pytest.mark.parametrize("frequency", [1e-3, 1e-9, 1e-17, 5e-324])
def test_wavelets_much_longer_than_the_signal_take_no_memory(frequency):
    x = np.random.default_rng(0).normal(size=300)
    for transform in (signal.cwt, signal.superlet):
        with pytest.raises(ValueError, match="farther than 19200 samples"):
            transform(x, 100, [10, frequency], edges="zero")
    with pytest.raises(ValueError, match="lower the sampling rate"):
        signal.cwt(x, 1e300, [10])


def test_frequencies_that_are_not_finite_are_refused():
    x = np.random.default_rng(0).normal(size=300)
    for illegal in (np.nan, np.inf):
        with pytest.raises(ValueError, match="must be finite numbers"):
            signal.superlet(x, 100, [1, illegal, 3])


def test_a_number_of_frequencies_may_be_of_numpy():
    x = np.random.default_rng(0).normal(size=300)
    np.testing.assert_array_equal(
        signal.wavelet_image(x, 100, np.int64(8)), signal.wavelet_image(x, 100, 8)
    )
