"""Transients of the filters stay out of the segments."""

import numpy as np
import pytest
from scipy import signal as reference
from support.recordings import RATE, mains50, recording

from dt4ecg import Preprocessor, signal

TIMES = np.arange(5000) / RATE


def hum(phase: float) -> np.ndarray:
    return np.sin(2 * np.pi * 50 * TIMES + phase)


def test_high_pass_equals_scipy_on_a_mirrored_signal() -> None:
    x = recording(20)[0]
    sos = reference.butter(4, 0.5, "high", fs=RATE, output="sos")
    slowest = max(np.abs(np.roots(section[3:])).max() for section in sos)
    padding = int(np.ceil(np.log(0.01) / np.log(slowest)))  # until 1 % of a transient is left
    expected = reference.sosfiltfilt(sos, x, padtype="even", padlen=padding)
    np.testing.assert_allclose(signal.highpass(x, RATE, settle=True), expected, atol=1e-8)


@pytest.mark.parametrize("phase", [0, 1, 2, 3])
def test_a_notch_removes_hum_up_to_the_ends(phase: float) -> None:
    left = np.abs(signal.notch(hum(phase), RATE, 50, settle=True)).max()
    assert left < 0.011  # the transient of the first padded sample, after its settling time
    scipys = np.abs(signal.notch(hum(phase), RATE, 50)).max()
    assert scipys > 10 * left or phase == 0


def test_a_notch_without_hum_changes_nothing_but_its_band() -> None:
    slow = np.sin(2 * np.pi * 3 * TIMES)
    np.testing.assert_allclose(signal.notch(slow, RATE, 50, settle=True), slow, atol=3e-3)
    np.testing.assert_allclose(signal.notch(np.full(700, 5.0), RATE, 50, settle=True), 5.0)


@pytest.mark.parametrize("normalize", ["zscore", "segment"])
def test_hum_changes_no_segment(normalize: str) -> None:
    clean = recording(10)
    strong = clean + 500 * hum(1.0)  # 1 mV where the beats have 0.3 to 0.6 mV
    pre = mains50(normalize=normalize)
    expected, found = pre.transform(clean, RATE), pre.transform(strong, RATE)
    with_scipys = mains50(normalize=normalize, settle=False)
    worst = np.abs(with_scipys.transform(strong, RATE) - with_scipys.transform(clean, RATE))
    assert np.abs(found - expected).max() < 0.1 * worst.max()
    assert np.abs(found - expected).max() < 0.05 * np.ptp(expected)


def test_one_sample_changes_only_segments_near_it() -> None:
    clean = recording(30)
    popped = clean.copy()
    popped[0, 7000] += 5000  # 10 mV at 14 s
    difference = np.abs(mains50().transform(popped, RATE) - mains50().transform(clean, RATE))
    changed = difference.max(axis=(1, 2)) > 0.1
    np.testing.assert_array_equal(np.flatnonzero(changed), [4])


def test_the_causal_chain_leaves_out_the_settling_time_of_the_notch() -> None:
    pre = mains50(zero_phase=False, normalize=None)
    left_out = np.ceil(np.log(100) / np.pi / (50 / 30) * RATE) / RATE
    assert left_out == pytest.approx(0.88, abs=0.002)
    x = recording(12)
    found = pre.segment(x, RATE, gaps=[2500])
    np.testing.assert_allclose(found.starts, [left_out, 5 + left_out, 8 + left_out], atol=1 / RATE)
    humming = pre.segment(x + 500 * np.resize(hum(1.0), x.shape), RATE, gaps=[2500])
    assert np.abs(humming.segments - found.segments).max() < 0.05 * np.ptp(found.segments)
    no_notch = Preprocessor(notch=None, zero_phase=False).segment(x, RATE)
    assert no_notch.starts[0] == 0


def test_the_causal_high_pass_starts_at_the_mean_of_what_is_left_out() -> None:
    x = recording(12)[0]
    pre = mains50(zero_phase=False, normalize=None, target_rate=None)
    b, a = reference.iirnotch(50, 30, RATE)
    notched, _ = reference.lfilter(b, a, x, zi=reference.lfilter_zi(b, a) * x[0])
    start = round(pre.segment(x, RATE).starts[0] * RATE)
    sos = reference.butter(4, 0.5, "high", fs=RATE, output="sos")
    level = notched[:start].mean()
    expected, _ = reference.sosfilt(sos, notched[start:], zi=reference.sosfilt_zi(sos) * level)
    found = pre.transform(x, RATE)
    np.testing.assert_allclose(found.ravel(), expected[: found.size], atol=1e-8)


def test_descriptions_of_version_0_1_0_keep_their_padding() -> None:
    stored = Preprocessor.paper(notch=50).to_dict()
    for new in ("settle", "max_interpolate_seconds", "find_lost"):
        del stored[new]
    x = recording(10)
    old = Preprocessor.from_dict(stored)
    assert old.settle is False
    np.testing.assert_array_equal(
        old.transform(x, RATE), Preprocessor.paper(notch=50).transform(x, RATE)
    )
