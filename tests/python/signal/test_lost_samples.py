"""Lost samples: codes, outliers, holes, and what the warnings say about them."""

import numpy as np
import pytest
from support.recordings import RATE, mains50, recording

from dt4ecg import Preprocessor, signal


def counts(seconds: float = 12, leads: int = 1) -> np.ndarray:
    """Return a recording in counts near 0, as an ADC of 16 bits stores it."""
    return (recording(seconds, leads) - 2100).round()


def test_a_code_counts_as_a_lost_sample() -> None:
    x = counts(leads=2)
    x[1, 4000:4010] = -32768
    with pytest.warns(UserWarning, match="taken as lost") as caught:
        found = mains50().segment(x, RATE)
    assert str(caught[0].message) == (
        "transform: lead 1 holds -32768 in 10 samples, taken as lost; 10 lost samples bridged by "
        "lines"
    )
    assert found.repairs == signal.Repairs((signal.LostValue(1, -32768.0, 10),), 10, 0)
    missing = x.astype(float)
    missing[1, 4000:4010] = np.nan
    with pytest.warns(UserWarning, match="bridged"):
        np.testing.assert_array_equal(found.segments, mains50().transform(missing, RATE))


def test_a_code_follows_the_policy_for_nan() -> None:
    x = counts()
    x[0, 1000] = 32767
    with pytest.raises(ValueError, match=r"1 of 6000 samples are .* codes .* lead 0, sample 1000;"):
        mains50(nan="raise").transform(x, RATE)
    with pytest.warns(UserWarning, match=r"holds 32767 in 1 sample, taken as lost; 1 hole became"):
        found = mains50(nan="drop").segment(x, RATE)
    np.testing.assert_allclose(found.starts, [1001 / RATE + start for start in (0, 3, 6)])
    kept = mains50(find_lost=False).segment(x, RATE)
    assert kept.repairs == signal.Repairs((), 0, 0)


def test_outliers_are_lost_samples_unless_the_chain_is_causal() -> None:
    x = counts()
    x[0, 3000] = -9999 * 100
    with pytest.warns(UserWarning, match=r"lead 0 holds -999900 in 1 sample, taken as lost"):
        found = mains50().segment(x, RATE)
    assert found.repairs.bridged == 1
    causal = mains50(zero_phase=False).segment(x, RATE)
    assert causal.repairs.lost == ()


@pytest.mark.parametrize("code", [-32768, -9999, 9999, -99999, -999, -5000, 1e9])
def test_a_code_among_samples_in_mv_may_fill_any_part(code: float) -> None:
    x = (recording(30, leads=2, rate=250) - 2100) / 500
    for begin, end in ((0, 500), (2000, 2010), (4000, 7000)):  # 47 % of lead 1
        damaged, missing = x.copy(), x.copy()
        damaged[1, begin:end], missing[1, begin:end] = code, np.nan
        with pytest.warns(UserWarning, match=rf"lead 1 holds {code:.10g} in {end - begin} samples"):
            found = mains50().segment(damaged, 250)
        with pytest.warns(UserWarning, match="transform"):
            expected = mains50().segment(missing, 250)
        np.testing.assert_array_equal(found.segments, expected.segments)
        np.testing.assert_array_equal(found.starts, expected.starts)


def test_ordinary_recordings_have_no_lost_samples() -> None:
    for seed in range(20):
        found = mains50().segment(recording(12, leads=2, seed=seed), RATE)
        assert found.repairs == signal.Repairs((), 0, 0)


def test_short_holes_are_bridged_and_long_ones_are_gaps() -> None:
    x = recording(12)
    x[0, 500:550] = np.nan  # 0.1 s
    x[0, 2000:2051] = np.nan
    with pytest.warns(
        UserWarning, match=r"^transform: 50 lost samples bridged by lines; 1 hole became a gap$"
    ):
        found = mains50().segment(x, RATE)
    np.testing.assert_allclose(found.starts, [0, 4.102, 7.102])
    assert found.repairs == signal.Repairs((), 50, 1)
    with pytest.warns(UserWarning, match=r"101 lost samples bridged"):
        assert len(mains50(max_interpolate_seconds=1).transform(x, RATE)) == 4


def test_a_hole_of_15_s_is_a_gap() -> None:
    x = recording(30, rate=250)
    x[0, 2500:6250] = np.nan
    with pytest.warns(UserWarning, match="1 hole became a gap"):
        found = mains50().segment(x, 250)
    np.testing.assert_array_equal(found.starts, [0, 3, 6, 25])


def test_holes_at_the_ends_are_cut_off() -> None:
    x = recording(12.1)
    x[0, 0] = x[0, -3:] = np.nan
    with pytest.warns(UserWarning, match="2 holes became gaps$"):
        found = mains50().segment(x, RATE)
    np.testing.assert_allclose(found.starts, np.arange(4) * 3 + 1 / RATE)


def test_one_warning_describes_several_recordings() -> None:
    good, bad = recording(4), recording(4)
    bad[0, 1000] = np.nan
    with pytest.warns(UserWarning, match="similar in") as caught:
        mains50().transform_many([good, bad, bad, bad], RATE)
    assert [str(one.message) for one in caught] == [
        "transform: recording 1: 1 lost sample bridged by lines; similar in 2 other recordings"
    ]
    assert caught[0].filename == __file__


@pytest.mark.parametrize("normalize", ["zscore", "segment", "record", None])
def test_samples_near_the_limit_of_float64_never_give_nan(normalize: str | None) -> None:
    x = recording(7) * 1e300
    pre = mains50(normalize=normalize)
    with pytest.raises(ValueError, match="lead 0 has no finite sample"):
        pre.transform(x, RATE)
    x = recording(7)
    x[0, 700] = 1.7e308
    with pytest.warns(UserWarning, match="1 lost sample bridged"):
        assert np.isfinite(pre.transform(x, RATE)).all()
    scaled = pre.transform(recording(7) * 1e26, RATE)  # the largest sample is just below 1e30
    assert np.isfinite(scaled).all()
    for filtered in (signal.highpass, signal.notch):
        with pytest.raises(ValueError, match=r"1 of 3500 samples are .* beyond 1e\+30"):
            filtered(x, RATE)


def test_streams_find_codes_and_bridge_holes_as_one_call_does() -> None:
    x = counts(14, leads=2)
    x[0, 1000:1020] = -32768
    x[0, 1005] = -99999
    x[1, 1010:1050] = np.nan
    x[0, 3500:3600] = np.nan
    x[1, 3590] = np.nan
    pre = Preprocessor(notch=50, zero_phase=False)
    with pytest.warns(UserWarning, match="61 lost samples bridged by lines; 1 hole became a gap"):
        found = pre.segment(x, RATE)
    assert len(found.starts) == 3
    for size in (1, 7, 333, 7000):
        stream = pre.stream(RATE)
        with pytest.warns(UserWarning, match="stream: "):
            pushed = [
                stream.push(x[:, begin : begin + size], return_starts=True)
                for begin in range(0, x.shape[1], size)
            ]
        np.testing.assert_array_equal(np.concatenate([one[0] for one in pushed]), found.segments)
        np.testing.assert_array_equal(np.concatenate([one[1] for one in pushed]), found.starts)


def test_reset_drops_the_samples_that_wait_for_the_end_of_a_hole() -> None:
    x = recording(9)
    x[0, 1995:2000] = np.nan
    pre = Preprocessor(notch=50, zero_phase=False)
    stream = pre.stream(RATE)
    first = stream.push(x[:, :2000])
    stream.reset()
    second, starts = stream.push(x[:, 2000:], return_starts=True)
    with pytest.warns(UserWarning, match="1 hole became a gap"):
        found = pre.segment(x, RATE, gaps=[2000])
    np.testing.assert_array_equal(np.concatenate([first, second]), found.segments)
    np.testing.assert_array_equal(starts, found.starts[len(first) :])
