"""Intervals and features of the rhythm, compared with NeuroKit2 and with sums by hand."""

import numpy as np
import pytest

from dt4ecg import beats

NAMES_OF_NEUROKIT = {  # dt4ecg's name: NeuroKit2's
    "mean_nn": "MeanNN",
    "sdnn": "SDNN",
    "sdsd": "SDSD",
    "rmssd": "RMSSD",
    "cvnn": "CVNN",
    "cvsd": "CVSD",
    "median_nn": "MedianNN",
    "mad_nn": "MadNN",
    "mcv_nn": "MCVNN",
    "iqr_nn": "IQRNN",
    "sdrmssd": "SDRMSSD",
    "prc20_nn": "Prc20NN",
    "prc80_nn": "Prc80NN",
    "min_nn": "MinNN",
    "max_nn": "MaxNN",
    "hti": "HTI",
}


def rhythm(count=60, seed=0):
    intervals = np.random.default_rng(seed).normal(0.85, 0.06, count)
    return np.round(np.cumsum(intervals) * 500).astype(int)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_features_are_those_of_neurokit(seed):
    neurokit2 = pytest.importorskip("neurokit2")
    peaks = rhythm(seed=seed)
    theirs = neurokit2.hrv_time(peaks, sampling_rate=500).iloc[0]
    ours = beats.rr_features(beats.Beats(peaks, 500.0))
    for mine, name in NAMES_OF_NEUROKIT.items():
        assert getattr(ours, mine) == pytest.approx(theirs[f"HRV_{name}"], rel=1e-9), mine
    assert ours.bpm == pytest.approx(60_000 / theirs["HRV_MeanNN"])


def test_features_by_hand():
    found = beats.rr_features([0.0, 1.0, 1.9, 3.0, 4.0])  # 1000, 900, 1100 and 1000 ms
    assert found.bpm == pytest.approx(60)
    assert found.sdnn == pytest.approx(np.sqrt(20_000 / 3))
    assert found.rmssd == pytest.approx(np.sqrt((100**2 + 200**2 + 100**2) / 3))
    assert found.mad_nn == pytest.approx(1.4826 * 50)
    assert (found.min_nn, found.max_nn) == pytest.approx((900, 1100))
    assert found.hti == pytest.approx(2)
    assert found.to_array().shape == (17,)


def test_an_equal_rhythm_has_no_ratio():
    found = beats.rr_features(np.arange(10.0))
    assert found.rmssd == 0
    assert np.isnan(found.sdrmssd)


def test_a_missed_beat_is_left_out_and_adds_no_difference():
    times = rhythm() / 500
    whole = beats.rr_features(times)
    without = beats.rr_intervals(np.delete(times, 30))
    assert without.dropped == 1
    assert len(without) == len(times) - 3
    assert (~without.follows).sum() == 2  # the first one, and the one after the missed beat
    found = beats.rr_features(without)
    assert found.max_nn == pytest.approx(whole.max_nn, rel=0.1)
    assert found.rmssd == pytest.approx(whole.rmssd, rel=0.2)
    assert beats.rr_intervals(np.delete(times, 30), missed=None).dropped == 0


def test_intervals_across_gaps_are_left_out():
    found = beats.rr_intervals(beats.Beats(np.array([100, 200, 300, 400]), 100.0, gaps=(250,)))
    np.testing.assert_allclose(found.starts, [1.0, 3.0])
    assert found.follows.tolist() == [False, False]
    assert found.dropped == 1


def test_limits_of_intervals():
    found = beats.rr_intervals([0.0, 0.1, 1.0, 5.0], missed=None)
    np.testing.assert_allclose(found.seconds, [0.9])
    assert found.dropped == 2
    assert len(beats.rr_intervals([0.0, 0.1], limits=(0.05, 1.0))) == 1


def test_few_or_no_beats():
    assert len(beats.rr_intervals([])) == len(beats.rr_intervals([1.0])) == 0
    for times in ([], [1.0], [1.0, 2.0, 3.0], [0.0, 1.0, 2.0, 10.0, 11.0]):
        with pytest.raises(ValueError, match="four beats"):
            beats.rr_features(times)


@pytest.mark.parametrize(
    "times", [[1.0, np.nan, 3.0], [2.0, 1.0], [1.0, 1.0], [[1.0, 2.0]], [[1.0, 2.0], [3.0]]]
)
def test_illegal_times(times):
    with pytest.raises(ValueError, match="rr_intervals"):
        beats.rr_intervals(times)


@pytest.mark.parametrize(
    "arguments",
    [
        {"limits": (1.0, 0.5)},
        {"limits": (np.nan, 1.0)},
        {"limits": None},
        {"limits": (0.2, 1, 2)},
        {"limits": "ab"},
        {"missed": 0.9},
    ],
)
def test_illegal_limits(arguments):
    with pytest.raises(ValueError, match="rr_intervals"):
        beats.rr_intervals([0.0, 1.0], **arguments)


def test_intervals_of_many_years_take_no_memory():
    times = np.arange(6) * 1e12
    assert beats.rr_features(beats.rr_intervals(times, limits=(1, 1e15))).hti == 1


def test_the_triangular_index_counts_as_a_histogram():
    width = 1000 / 128
    for seed in range(20):
        rng = np.random.default_rng(seed)
        nn = width * rng.integers(40, 60, 30) + rng.choice([0, 1e-3, width / 2], 30)
        found = beats.rr_features(np.cumsum([0, *nn]) / 1000)
        nn = 1000 * np.diff(np.cumsum([0, *nn]) / 1000)
        counts, _ = np.histogram(nn, np.arange(0, nn.max() + width, width))
        assert found.hti == len(nn) / counts.max()


def test_beats_take_a_list_and_refuse_what_has_no_times():
    found = beats.Beats([100, 200], 100)
    np.testing.assert_allclose(found.times, [1.0, 2.0])
    assert len(beats.Beats([], 100)) == 0
    for samples, rate, error, text in (
        ([[100, 200]], 100, ValueError, r"shape \(n,\), got \(1, 2\)"),
        ([[100, 200], [300]], 100, ValueError, "rows of 1 to 2 entries"),
        ([0.5, 1.5], 100, TypeError, "integers.* got float64; pass times"),
        ([100], 0, ValueError, "above 0 Hz, got 0"),
        ([100], np.inf, ValueError, "above 0 Hz, got inf"),
        ([100], "100", ValueError, "above 0 Hz, got '100'"),
    ):
        with pytest.raises(error, match=f"^Beats: .*{text}"):
            beats.Beats(samples, rate)
    with pytest.raises(ValueError, match=r"^Beats: each of gaps"):
        beats.Beats([100, 200], 100, gaps=[1.5])


def test_beats_print_as_one_line():
    assert repr(beats.Beats(np.arange(1), 100.0)) == "Beats(1 R peak at 100 Hz)"
    found = beats.Beats(np.arange(5000), 250.0, gaps=(3, 9))
    assert repr(found) == "Beats(5000 R peaks at 250 Hz, 2 gaps)"
