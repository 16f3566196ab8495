"""Slow parts of segments that are exchanged within a class."""

import numpy as np
import pytest
from scipy.stats import zscore

from dt4ecg.training import AugmentedSegments, SlowExchange

RATE, LENGTH = 100.0, 300
TIME = np.arange(LENGTH) / RATE


def waves(n=40, seed=0):
    """Slow and fast sinusoids with whole periods, each of another amplitude and phase."""
    random = np.random.default_rng(seed)
    slow, fast = (
        random.uniform(1, 3, (n, 1, 1)) * np.sin(2 * np.pi * (f * TIME + random.random((n, 1, 1))))
        for f in (1 / 3, 20)
    )
    return zscore(slow, axis=-1), zscore(fast, axis=-1)


def test_the_fast_part_stays_and_the_slow_part_is_that_of_a_segment_of_the_class():
    slow, fast = waves()
    x = (slow + fast).astype(np.float32)
    classes = np.arange(40) % 4
    changed = SlowExchange(RATE, share=1.0, lowest=2, highest=3)(
        x, classes, np.random.default_rng(1)
    )
    changed = changed * np.sqrt(2)  # the sum of both has the variance 2
    spectrum, own = np.fft.rfft(changed), np.fft.rfft(x)
    np.testing.assert_allclose(spectrum[..., 60], own[..., 60], rtol=1e-3)  # 20 Hz
    distance = np.abs(spectrum[:, None, 0, 1] - own[None, :, 0, 1])  # at 1/3 Hz
    assert (distance.min(1) < 2e-3 * LENGTH).all()
    partner = distance.argmin(1)
    np.testing.assert_array_equal(classes[partner], classes)
    assert sorted(partner) == list(range(40))
    assert (partner != np.arange(40)).mean() > 0.7


def test_the_gain_falls_with_the_frequency():
    tone = np.sin(2 * np.pi * 2 * TIME)[None, None]
    x = np.concatenate([tone, np.cos(2 * np.pi * 5 * TIME)[None, None]]).astype(np.float32)
    exchange = SlowExchange(RATE, share=1.0, lowest=2, highest=2)
    for seed in range(9):  # until the two change places
        changed = exchange(x, np.zeros(2, int), np.random.default_rng(seed))
        if not np.allclose(changed, zscore(x, axis=-1), atol=1e-5):
            break
    own = np.abs(np.fft.rfft(zscore(x, axis=-1)))
    gain = np.abs(np.fft.rfft(changed)) / own.max()
    assert gain[0, 0, 6] == pytest.approx(1 / 2, abs=1e-4)  # 2 Hz, the cutoff
    assert gain[1, 0, 6] == pytest.approx(1 / 2, abs=1e-4)
    at_5 = 1 / (1 + 2.5**4)
    assert gain[0, 0, 15] == pytest.approx(at_5, abs=1e-4)
    assert gain[1, 0, 15] == pytest.approx(1 - at_5, abs=1e-4)


def test_unknown_classes_and_a_share_of_0_change_nothing_but_the_scale():
    x = np.random.default_rng(0).normal(3, 2, (20, 2, LENGTH)).astype(np.float32)
    expected = zscore(x, axis=-1)
    for exchange, classes in ((SlowExchange(), np.full(20, -1)), (SlowExchange(share=0), [0] * 20)):
        changed = exchange(x, np.array(classes), np.random.default_rng(0))
        np.testing.assert_allclose(changed, expected, atol=1e-5)
        assert changed.dtype == np.float32


def test_about_the_share_of_the_segments_is_changed():
    x = np.random.default_rng(0).normal(size=(4000, 1, 50)).astype(np.float32)
    changed = SlowExchange(share=0.3)(x, np.zeros(4000, int), np.random.default_rng(0))
    same = np.isclose(changed, zscore(x, axis=-1), atol=1e-4).all((1, 2))
    assert same.mean() == pytest.approx(0.7, abs=0.03)


def test_epochs_exchange_before_they_augment():
    x = np.random.default_rng(0).normal(size=(8, 1, 60)).astype(np.float32)
    y = np.zeros((8, 2), int)
    exchange = SlowExchange(share=1.0)
    data = AugmentedSegments(
        x, y, lambda x, _: 2 * x, seed=5, exchange=exchange, classes=np.zeros(8, int)
    )
    expected = 2 * exchange(x, y[:, 0], np.random.default_rng([5, 3]))
    np.testing.assert_array_equal(data(3)[0], expected)
    for classes in (None, [0, 1], np.zeros(8)):
        with pytest.raises(ValueError, match="exchange needs classes"):
            AugmentedSegments(x, y, exchange=exchange, classes=classes)


@pytest.mark.parametrize(
    "settings",
    [
        {"sampling_rate": 0},
        {"sampling_rate": np.inf},
        {"share": -0.1},
        {"share": 1.1},
        {"share": np.nan},
        {"lowest": 0},
        {"lowest": 5},
        {"highest": 50},
        {"sampling_rate": 8},
    ],
)
def test_illegal_settings(settings):
    with pytest.raises(ValueError, match="SlowExchange"):
        SlowExchange(**settings)
