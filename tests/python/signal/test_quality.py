"""Quality of segments: what looks like an ECG, and what does not."""

import numpy as np
import pytest
from scipy import stats

from dt4ecg import Preprocessor
from dt4ecg.datasets import simulate_cohort
from dt4ecg.signal import quality, segment_quality

RATE = 250.0


@pytest.fixture(scope="module")
def ecg():
    """30 s of a simulated person at rest."""
    (recording,) = simulate_cohort(
        subjects=1, activities=("rest",), seconds=30, sampling_rate=RATE, seed=0
    )
    return np.squeeze(recording.samples)


def others(rng, n=7500):
    t = np.arange(n) / RATE
    return {
        "zeros": np.zeros(n),
        "rail": np.full(n, 4095),
        "rail with noise": np.minimum(np.round(4095 + 3 * rng.normal(size=n)), 4095),
        "white noise": rng.normal(size=n),
        "random walk": np.cumsum(rng.normal(size=n)),
        "mains": np.sin(2 * np.pi * 50 * t) + 0.01 * rng.normal(size=n),
        "sine": np.sin(2 * np.pi * 1.2 * t),
        "square wave": np.sign(np.sin(2 * np.pi * 1.2 * t)),
        "respiration": np.sin(2 * np.pi * 0.25 * t) + 0.001 * rng.normal(size=n),
        "counter": np.arange(n) % 256,
    }


@pytest.mark.filterwarnings("ignore:transform. .* segments are flat")
@pytest.mark.parametrize("notch", [None, 50])
@pytest.mark.parametrize("name", others(np.random.default_rng(0)))
def test_other_signals_are_unusable(name, notch):
    preprocessor = Preprocessor(notch=notch)
    found = quality(others(np.random.default_rng(0))[name], RATE, preprocessor)
    assert not found.usable.any()
    assert len(found) == 10


WAVES = {
    "sine": lambda phase: np.sin(2 * np.pi * phase),
    "square": lambda phase: np.where(phase < 0.5, 1.0, -1.0),
    "triangle": lambda phase: 4 * np.abs(phase - 0.5) - 1,
    "sawtooth": lambda phase: 2 * phase - 1,
    "pulses of 10 %": lambda phase: np.where(phase < 0.1, 1.0, -1.0),
    "pulses of 30 %": lambda phase: np.where(phase < 0.3, 1.0, -1.0),
}


@pytest.mark.parametrize("name", WAVES)
def test_waves_at_the_rate_of_a_heart_are_unusable(name):
    rng = np.random.default_rng(0)
    usable = []
    for frequency in (0.8, 1.2, 2.1, 3.0):
        for noise in (0, 0.01, 0.05):
            samples = WAVES[name](np.arange(7500) / RATE * frequency % 1)
            samples += noise * rng.normal(size=len(samples))
            usable.append(quality(samples, RATE).usable)
    assert np.mean(usable) <= 0.02


@pytest.mark.parametrize("height", [0.9, 0.4])
def test_clipping_is_measured_and_refused_where_it_takes_much(ecg, height):
    assert not quality(ecg, RATE).cut_off.any()
    top = np.median(ecg) + height * (np.quantile(ecg, 0.998) - np.median(ecg))
    found = quality(np.minimum(ecg, top), RATE)
    assert (found.cut_off > 0).any()
    np.testing.assert_array_equal(found.rail, np.where(found.cut_off > 0, top, 0))
    np.testing.assert_array_equal(found.usable, found.cut_off[:, 0] < 0.3)
    share = found.usable.mean()
    assert share >= 0.8 if height == 0.9 else share <= 0.3


def test_an_ecg_is_usable(ecg):
    assert quality(ecg, RATE).usable.all()
    segments = Preprocessor(notch=None).transform(ecg, RATE)
    assert segment_quality(segments, 100).usable.all()


@pytest.mark.filterwarnings("ignore:transform. .* segments are flat")
def test_a_lead_that_falls_off_leaves_the_segments_before_it(ecg):
    ecg = ecg.copy()
    ecg[3750:] = 0
    found = quality(ecg, RATE)
    np.testing.assert_array_equal(found.usable, np.arange(10) < 5)
    np.testing.assert_array_equal(found.flat[5:, 0], 1)


def test_neither_unit_nor_offset_matters(ecg):
    expected = quality(ecg, RATE)
    for other in (ecg * 1e-12, ecg * 1000 + 812345, (ecg * 1e4).astype(np.float32)):
        found = quality(other, RATE)
        np.testing.assert_array_equal(found.usable, expected.usable)
        np.testing.assert_allclose(found.lead_scores, expected.lead_scores, atol=1e-4)
        np.testing.assert_allclose(found.mains, expected.mains, atol=1e-4)


@pytest.mark.parametrize("size", [1, 111, 7500])
def test_a_stream_gives_the_same_bits(ecg, size):
    x = np.stack([np.minimum(ecg, ecg.max() / 2), np.random.default_rng(0).normal(size=len(ecg))])
    preprocessor = Preprocessor(notch=50, normalize="segment", zero_phase=False, overlap=0.5)
    (whole,) = preprocessor.transform_each([x], RATE)
    stream = preprocessor.stream(RATE)
    assert (whole.quality.cut_off > 0).any()
    chunks = np.split(x, range(size, x.shape[1], size), axis=1)
    pushed = [stream.push(chunk, return_quality=True)[1] for chunk in chunks]
    for name in (
        "flat",
        "cut_off",
        "rail",
        "spike",
        "jump",
        "mains",
        "kurtosis",
        "step",
        "lead_scores",
    ):
        streamed = np.concatenate([getattr(one, name) for one in pushed])
        np.testing.assert_array_equal(streamed, getattr(whole.quality, name))


def test_a_segment_needs_more_than_half_of_its_leads(ecg):
    noise = np.random.default_rng(0).normal(size=(2, len(ecg)))
    assert quality(np.stack([ecg, ecg, noise[0]]), RATE).usable.all()
    for leads in ([ecg, noise[0]], [ecg, *noise]):
        found = quality(np.stack(leads), RATE)
        assert not found.usable.any()
        assert (found.lead_scores[:, 0] >= 0.5).all()


def test_moments_are_those_of_the_band(ecg):
    segments = Preprocessor(notch=None, normalize=None).transform(ecg, RATE)[:, 0]
    found = segment_quality(segments, 100)
    smooth = np.stack([np.convolve(one, np.ones(3) / 3, "valid") for one in segments])
    band = smooth[:, 3:-3] - (smooth[:, 6:] + smooth[:, :-6]) / 2
    np.testing.assert_allclose(found.kurtosis[:, 0], stats.kurtosis(band, axis=1, fisher=False))
    np.testing.assert_allclose(found.skewness[:, 0], stats.skew(band, axis=1))
    np.testing.assert_allclose(
        found.qrs_share[:, 0], band.var(axis=1) / segments.var(axis=1), rtol=1e-9
    )


def test_segment_quality_refuses_other_shapes():
    for shape in ((300,), (2, 0), (1, 2, 3, 4)):
        with pytest.raises(ValueError, match=r"expects segments \(n, L\)"):
            segment_quality(np.zeros(shape), 100)
    with pytest.raises(ValueError, match="NaN"):
        segment_quality(np.full((1, 300), np.nan), 100)
    with pytest.raises(ValueError, match="sampling_rate must be above 0"):
        segment_quality(np.zeros((1, 300)), 0)
    assert len(segment_quality(np.zeros((0, 300)), 100)) == 0


def test_quality_raises_the_errors_of_the_preprocessor():
    with pytest.raises(ValueError, match="NaN"):
        quality(np.full(5000, np.nan), RATE, Preprocessor(notch=None, nan="raise"))
