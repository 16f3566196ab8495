"""The classical quality indices, compared with SciPy."""

import numpy as np
import pytest
from scipy import signal as scipy_signal
from scipy import stats

from dt4ecg.datasets import simulate_cohort
from dt4ecg.io import Recording
from dt4ecg.signal import classical_quality, classical_quality_stream


@pytest.fixture(scope="module")
def recording():
    return simulate_cohort(subjects=1, seconds=20)[0]


@pytest.mark.parametrize(("rate", "count"), [(100, 1000), (250, 1501), (500, 5000)])
def test_indices_are_those_of_scipy(rate, count):
    x = np.random.default_rng(0).gamma(2, size=(3, count)).cumsum(axis=1)
    found = classical_quality(x, rate)
    np.testing.assert_allclose(found.k_sqi, stats.kurtosis(x, axis=1, fisher=False))
    np.testing.assert_allclose(found.s_sqi, stats.skew(x, axis=1), atol=1e-12)
    frequency, power = scipy_signal.periodogram(x, rate, window="hann")
    low, qrs = frequency <= 40, (frequency >= 5) & (frequency <= 15)
    from_qrs = (frequency >= 5) & low
    np.testing.assert_allclose(
        found.p_sqi, power[:, qrs].sum(axis=1) / power[:, from_qrs].sum(axis=1), rtol=1e-8
    )
    baseline = power[:, frequency <= 1].sum(axis=1) / power[:, low].sum(axis=1)
    np.testing.assert_allclose(found.bas_sqi, 1 - baseline, atol=1e-9)
    wanted = np.diff(np.quantile(x, [0.01, 0.99], axis=1, method="nearest"), axis=0)[0]
    np.testing.assert_allclose(found.amplitude, wanted, rtol=0.01)


def test_two_detectors_agree_on_an_ecg_and_not_on_noise(recording):
    assert classical_quality(recording).b_sqi == pytest.approx([1.0], abs=0.06)
    noise = np.random.default_rng(0).standard_normal((20, 2500))
    assert classical_quality(noise, 250).b_sqi.mean() < 0.7


def test_gain_and_offset_change_the_amplitude_alone(recording):
    x = recording.samples
    found = classical_quality(x, recording.sampling_rate).to_array()
    other = classical_quality(200 * x + 1024, recording.sampling_rate).to_array()
    np.testing.assert_allclose(other[..., :5], found[..., :5], rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(other[..., 5], 200 * found[..., 5], rtol=1e-9)


def test_shapes(recording):
    rate, x = recording.sampling_rate, recording.samples[0]
    assert classical_quality(x, rate).k_sqi.shape == ()
    assert classical_quality(np.stack([[x, x], [x, x]]), rate).to_array().shape == (2, 2, 6)
    several = Recording(np.stack([x, x, x]), rate)
    assert classical_quality(several).s_sqi.shape == (3,)


def test_constant_signal():
    found = classical_quality(np.full(1000, 7.5), 250)
    assert found.to_array().tolist() == [0, 0, 0, 1, 0, 0]


@pytest.mark.parametrize("scale", [1e-152, 1e-300, 5e-324])
def test_a_signal_whose_power_underflows_is_flat(recording, scale):
    x, rate = recording.samples, recording.sampling_rate
    faint = np.concatenate([x / np.ptp(x) * scale, x])
    found = classical_quality(faint, rate).to_array()
    assert found[0].tolist() == [0, 0, 0, 1, 0, 0]
    np.testing.assert_array_equal(found[1], classical_quality(x, rate).to_array()[0])
    window = classical_quality_stream(rate).push(faint).to_array()[0]
    assert window[0].tolist() == [0, 0, 0, 1, 0, 0]


def test_a_small_signal_has_the_indices_of_its_shape(recording):
    x, rate = recording.samples, recording.sampling_rate
    found = classical_quality(x / np.ptp(x) * 1e-149, rate).to_array()
    np.testing.assert_allclose(found[:, :5], classical_quality(x, rate).to_array()[:, :5], 1e-3)


def test_a_stream_has_the_indices_of_its_windows():
    x = np.random.default_rng(1).standard_normal((2, 3300))
    stream = classical_quality_stream(250, seconds=4)
    parts = [stream.push(chunk).to_array() for chunk in np.split(x, [7, 900, 901, 2500], axis=1)]
    windows = x[:, :3000].reshape(2, 3, 1000).swapaxes(0, 1)
    wanted = classical_quality(windows, 250).to_array()
    np.testing.assert_array_equal(np.concatenate(parts), wanted)
    with pytest.raises(ValueError, match="leads"):
        stream.push(np.zeros(10))
    stream.reset()
    assert stream.push(np.zeros(1000)).k_sqi.shape == (1, 1)


@pytest.mark.parametrize(
    ("x", "rate"),
    [
        (np.zeros(499), 250),
        (np.zeros(1000), 79),
        (np.r_[np.zeros(999), np.nan], 250),
        (np.zeros((3, 0)), 250),
    ],
)
def test_refusals(x, rate):
    with pytest.raises(ValueError, match=r"quality|beats"):
        classical_quality(x, rate)


def test_stream_refuses():
    with pytest.raises(ValueError, match="must be 2 to 3600"):
        classical_quality_stream(250, seconds=1)
    with pytest.raises(ValueError, match="80"):
        classical_quality_stream(20)


@pytest.mark.parametrize("seconds", [1.9, 3601, 1e308, float("nan")])
def test_a_stream_refuses_windows_that_never_end(seconds):
    with pytest.raises(ValueError, match="seconds"):
        classical_quality_stream(250, seconds)
