"""The preprocessor: its chain of steps, gaps, NaN, normalisation and several recordings."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from scipy import signal as reference
from support.recordings import RATE, paper50, recording

from dt4ecg import Preprocessor, signal

GOOD = recording(4)


def test_the_papers_chain_equals_scipy() -> None:
    """The paper's chain: high-pass of order 4 at 0.5 Hz, notch of quality 30 at 60 Hz, 100 Hz."""
    x = recording(10, rate=1000.0)
    sos = reference.butter(4, 0.5, "high", fs=1000, output="sos")
    filtered = reference.sosfiltfilt(sos, x)
    filtered = reference.filtfilt(*reference.iirnotch(60, 30, 1000), filtered)
    resampled = reference.resample_poly(
        filtered, 1, 10, axis=1, window=("kaiser", 5.0), padtype="line"
    )
    scaled = (resampled[0, :900] - resampled.min()) / np.ptp(resampled)
    found = Preprocessor.paper().transform(x, 1000)
    np.testing.assert_allclose(found, scaled.reshape(3, 1, 300), rtol=0, atol=1e-9)


def test_the_chain_is_its_steps_in_order() -> None:
    x = recording(10, leads=2)
    filtered = signal.notch(signal.highpass(x, RATE), RATE, 50)
    steps = signal.segment(signal.minmax(signal.resample(filtered, RATE, 100)), 100)
    segments, starts, dropped = paper50().transform(
        x, RATE, return_starts=True, return_dropped=True
    )
    assert segments.shape == (3, 2, 300)
    np.testing.assert_array_equal(segments, steps)
    np.testing.assert_array_equal(starts, [0, 3, 6])
    assert dropped.seconds == pytest.approx(1)
    assert dropped.pieces == 0


def test_measured_rates_are_taken_as_they_are() -> None:
    segments, starts = paper50().transform(recording(10, rate=497.45), 497.45, return_starts=True)
    assert segments.shape == (3, 1, 300)
    np.testing.assert_allclose(starts, [0, 3, 6], rtol=1e-9)


def test_without_a_target_rate_the_recorders_rate_is_kept() -> None:
    pre = Preprocessor(target_rate=None, highpass=None, notch=None, normalize=None)
    x = recording(7)
    np.testing.assert_array_equal(pre.transform(x, RATE), signal.segment(x, RATE))


@pytest.mark.parametrize("normalize", ["record", "segment", "training", "zscore", None])
def test_scope_of_the_normalisation(normalize: str | None) -> None:
    train, test = recording(12, leads=2, seed=1), 3 * recording(12, leads=2, seed=2)
    pre = paper50(normalize=normalize).fit([train], RATE)
    for x in (train, test):
        segments = pre.transform(x, RATE)
        raw = paper50(normalize=None).transform(x, RATE)
        if normalize is None:
            scaled = raw
        elif normalize == "segment":
            scaled = signal.minmax(raw)
        elif normalize == "zscore":
            scaled = (raw - raw.mean(2, keepdims=True)) / raw.std(2, keepdims=True)
        else:
            source = train if normalize == "training" else x
            unscaled = paper50(normalize=None).transform(source, RATE)
            low, high = unscaled.min((0, 2))[:, None], unscaled.max((0, 2))[:, None]
            scaled = (raw - low) / (high - low)
        np.testing.assert_allclose(segments, scaled, atol=1e-12)


def test_types_and_kinds() -> None:
    x = recording(7)[0].round()
    pre = paper50()
    expected = pre.transform(x, RATE)
    assert expected.shape == (2, 1, 300)
    assert expected.dtype == np.float64
    counts = pre.transform(x.astype(np.int16), RATE)
    assert counts.dtype == np.float32
    np.testing.assert_array_equal(counts, expected.astype(np.float32))
    tensor = pre.transform(torch.from_numpy(x).float(), RATE)
    assert isinstance(tensor, torch.Tensor)
    np.testing.assert_array_equal(tensor.numpy(), counts)


def test_gaps_are_never_crossed() -> None:
    first, second = recording(7.5), -recording(4, seed=1)
    pre = paper50(normalize="segment")
    segments, starts = pre.transform(
        np.concatenate([first, second], axis=1), RATE, gaps=[first.shape[1]], return_starts=True
    )
    alone = [pre.transform(piece, RATE) for piece in (first, second)]
    np.testing.assert_array_equal(segments, np.concatenate(alone))
    np.testing.assert_array_equal(starts, [0, 3, 7.5])


def test_short_pieces_are_dropped_and_counted() -> None:
    segments, dropped = paper50().transform(recording(8), RATE, gaps=[3, 1000], return_dropped=True)
    assert segments.shape == (2, 1, 300)
    assert dropped.pieces == 2
    assert dropped.seconds == pytest.approx(2)


def test_nan_policies() -> None:
    x = recording(10, leads=2)
    x[1, 2000:2003] = np.nan, np.inf, np.nan
    with pytest.raises(ValueError, match=r"3 of 10000 samples .* first at lead 1, sample 2000;"):
        paper50().transform(x, RATE)
    dropped = paper50(nan="drop").transform(x, RATE, return_starts=True)
    pieces = np.delete(x, slice(2000, 2003), axis=1)
    joined = paper50().transform(pieces, RATE, gaps=[2000], return_starts=True)
    np.testing.assert_array_equal(dropped[0], joined[0])
    np.testing.assert_allclose(dropped[1], joined[1] + np.where(joined[1] >= 4, 3 / RATE, 0))
    bridged = x.copy()
    bridged[1, 2000:2003] = np.linspace(x[1, 1999], x[1, 2003], 5)[1:-1]
    with pytest.warns(UserWarning, match="^transform: 3 lost samples bridged by lines$"):
        segments = paper50(nan="interpolate").transform(x, RATE)
    np.testing.assert_allclose(segments, paper50().transform(bridged, RATE))


def test_flat_leads_become_zero_and_warn() -> None:
    x = recording(7, leads=2)
    x[1] = 2100
    for pre in (paper50(), paper50(normalize="segment", zero_phase=False)):
        with pytest.warns(UserWarning, match="of . segments are flat; they became 0"):
            segments = pre.transform(x, RATE)
        assert not segments[:, 1].any()
        assert segments[:, 0].max() == 1


def test_a_recording_without_a_segment_is_empty_and_warns() -> None:
    for length in (5, 1000):
        with pytest.warns(UserWarning, match="no segment in the recording"):
            segments = paper50().transform(np.arange(length), RATE)
        assert segments.shape == (0, 1, 300)


def test_many_recordings_give_what_each_gives() -> None:
    records = [recording(s, rate=r) for s, r in [(7, 500), (9, 497.45), (4, 360)]]
    rates, gaps = [500, 497.45, 360], [(), [1600], ()]
    many, starts, dropped = paper50().transform_many(
        records, rates, gaps, return_starts=True, return_dropped=True
    )
    for i, record in enumerate(records):
        one = paper50().transform(
            record, rates[i], gaps=gaps[i], return_starts=True, return_dropped=True
        )
        np.testing.assert_array_equal(many[i], one[0])
        np.testing.assert_array_equal(starts[i], one[1])
        assert dropped[i] == one[2]
    assert paper50().transform_many([], 500) == []


def test_errors_of_many_recordings_name_the_first() -> None:
    records = [recording(4), recording(4), np.full(2000, np.nan), np.full(2000, np.nan)]
    with pytest.raises(ValueError, match=r"^record 2: transform: 2000 of 2000 samples"):
        paper50().transform_many(records, RATE)
    with pytest.raises(ValueError, match=r"^record 1: notch: 50 Hz needs .* got 80 Hz"):
        paper50().transform_many(records[:2], [500, 80])


def test_errors_carry_operation_parameter_and_index() -> None:
    with pytest.raises(ValueError, match=r"^notch: 50 Hz needs") as one:
        paper50().transform(recording(4), 80)
    assert (one.value.operation, one.value.parameter) == ("notch", "frequency")
    assert one.value.index is None
    with pytest.raises(ValueError, match=r"^record 1: ") as many:
        paper50().transform_many([recording(4), recording(4)], [500, 80])
    assert (many.value.parameter, many.value.index) == ("frequency", 1)
    with pytest.raises(ValueError, match=r"^record 1: ") as fit:
        Preprocessor.paper(notch=None, normalize="training").fit(
            [recording(4), GOOD * np.nan], RATE
        )
    assert (fit.value.parameter, fit.value.index) == ("samples", 1)


def test_each_recording_gives_its_segments_or_its_error() -> None:
    records = [recording(4), np.full(2000, np.nan), np.zeros((3, 2)), recording(4)]
    first, missing, turned, low = paper50().transform_each(records, [500, 500, 500, 80])
    segments, starts, dropped = paper50().transform(
        records[0], 500, return_starts=True, return_dropped=True
    )
    np.testing.assert_array_equal(first.segments, segments)
    np.testing.assert_array_equal(first.starts, starts)
    assert first.dropped == dropped
    assert missing.parameter == "samples"
    assert str(missing).startswith("transform: 2000 of 2000 samples")
    assert isinstance(turned, ValueError)
    assert "transpose" in str(turned)
    assert low.parameter == "frequency"
    assert paper50().transform_each([], 500) == []


def test_ten_threads_get_one_answer() -> None:
    records = [recording(7, leads=2, seed=i) for i in range(4)]
    expected = paper50().transform_many(records, 497.45)
    with ThreadPoolExecutor(10) as pool:
        for answer in pool.map(lambda _: paper50().transform_many(records, 497.45), range(10)):
            for ours, theirs in zip(answer, expected, strict=True):
                np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(
    ("x", "arguments", "error", "text"),
    [
        (GOOD, {"sampling_rate": 100}, ValueError, "notch=40 for the alias"),
        (GOOD, {}, ValueError, "^sampling_rate: needed in Hz"),
        (GOOD, {"sampling_rate": "500"}, ValueError, "finite number, got '500'"),
        (GOOD, {"sampling_rate": 0}, ValueError, "positive number of Hz, got 0"),
        (GOOD.T, {"sampling_rate": 500}, ValueError, "transpose it"),
        (GOOD[None], {"sampling_rate": 500}, ValueError, r"shape \(1, 1, 2000\)"),
        (np.ones((65, 2000)), {"sampling_rate": 500}, ValueError, "at most 64 leads"),
        ([], {"sampling_rate": 500}, ValueError, "no samples"),
        (GOOD > 0, {"sampling_rate": 500}, TypeError, "got bool"),
        (GOOD, {"sampling_rate": 500, "gaps": [2000]}, ValueError, "1 to 1999 here"),
        (GOOD, {"sampling_rate": 500, "gaps": [0]}, ValueError, "at least 1 .*got 0"),
        (GOOD, {"sampling_rate": 500, "gaps": [1.5]}, ValueError, "^transform: each of gaps must"),
    ],
)
def test_bad_recordings_are_refused(x, arguments, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        Preprocessor().transform(x, **arguments)


def test_the_most_leads_are_accepted() -> None:
    x = np.random.default_rng(0).normal(size=(64, 2000))
    assert Preprocessor().transform(x, 500).shape == (1, 64, 300)


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ((GOOD, 500), TypeError, "expects a list of recordings, got ndarray"),
        (([GOOD], [1, 2]), ValueError, r"as many sampling rates .* recordings \(1\), got 2"),
        (([GOOD], 500, [[], []]), ValueError, r"lists of gaps .* got 1 and 2"),
    ],
)
def test_lists_of_different_lengths_are_refused(arguments, error, text: str) -> None:
    with pytest.raises(error, match=text):
        Preprocessor().transform_many(*arguments)


def test_recordings_that_cannot_be_fitted_are_refused() -> None:
    two_leads = [*GOOD] * 2
    pre = Preprocessor(normalize="training")
    with pytest.raises(ValueError, match=r"number of leads was 1 when .* fitted, got 2"):
        pre.fit([GOOD], 500).transform(two_leads, 500)
    with pytest.raises(ValueError, match=r"same leads, got \[1, 2\]"):
        pre.fit([GOOD, two_leads], 500)
    with pytest.raises(ValueError, match=r"none of 1 recordings has a piece of 3\.0 s"):
        pre.fit([GOOD[:, :100]], 500)


def test_nothing_is_fitted_without_need() -> None:
    pre = Preprocessor().fit(["not a recording"], 500)
    assert not hasattr(pre, "limits_")


def test_the_constructors_rate_is_the_default() -> None:
    ours = paper50(sampling_rate=RATE).transform(GOOD)
    np.testing.assert_array_equal(ours, paper50().transform(GOOD, RATE))
    np.testing.assert_array_equal(ours, paper50(sampling_rate=360).transform(GOOD, RATE))


def test_warnings_point_to_the_caller() -> None:
    flat, short = np.full(2000, 7.0), GOOD[:, :100]
    pre = paper50()
    calls = [
        (pre.transform, False),
        (pre.segment, False),
        (pre.transform_many, True),
        (pre.transform_each, True),
    ]
    for call, several in calls:
        for x, text in ((flat, "are flat"), (short, "no segment in")):
            with pytest.warns(UserWarning, match=text) as caught:
                call([x, x] if several else x, RATE)
            assert [warning.filename for warning in caught] == [__file__]
    with pytest.warns(UserWarning, match=r"no segment in recordings \[1\]"):
        paper50().transform_each([GOOD, short, np.full(2000, np.nan)], RATE)
