"""Preprocessor and its causal twin: steps, streaming to the bit, gaps, NaN, settings."""

import copy
import json
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dt4ecg import Preprocessor, signal

RATE = 500.0


def recording(seconds: float, leads: int = 1, rate: float = RATE, seed: int = 0) -> np.ndarray:
    """Beats at 70 a minute on drift, mains and a recorder's offset, (leads, T)."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(seconds * rate)) / rate
    beats = np.exp(-0.5 * ((t * 70 / 60 % 1 - 0.5) / 0.02) ** 2)
    mains = 0.1 * np.sin(2 * np.pi * 50 * t)
    gains = rng.uniform(300, 600, (leads, 1))
    return 2100 + gains * (beats + mains + np.sin(t)) + rng.standard_normal((leads, t.size))


def mains50(**others) -> Preprocessor:
    return Preprocessor(notch=50, **others)


def stream_in_chunks(stream, x: np.ndarray, edges) -> tuple[np.ndarray, np.ndarray]:
    pushed = [
        stream.push(chunk, return_starts=True) for chunk in np.split(x, sorted(edges), axis=-1)
    ]
    segments, starts = zip(*pushed, strict=True)
    return np.concatenate(segments), np.concatenate(starts)


def test_the_chain_is_its_steps_in_order() -> None:
    x = recording(10, leads=2)
    filtered = signal.notch(signal.highpass(x, RATE), RATE, 50)
    steps = signal.segment(signal.minmax(signal.resample(filtered, RATE, 100)), 100)
    segments, starts, dropped = mains50().transform(
        x, RATE, return_starts=True, return_dropped=True
    )
    assert segments.shape == (3, 2, 300)
    np.testing.assert_array_equal(segments, steps)
    np.testing.assert_array_equal(starts, [0, 3, 6])
    assert dropped.seconds == pytest.approx(1)
    assert dropped.pieces == 0


def test_measured_rates_are_taken_as_they_are() -> None:
    segments, starts = mains50().transform(recording(10, rate=497.45), 497.45, return_starts=True)
    assert segments.shape == (3, 1, 300)
    np.testing.assert_allclose(starts, [0, 3, 6], rtol=1e-9)


def test_without_a_target_rate_the_recorders_is_kept() -> None:
    pre = Preprocessor(target_rate=None, highpass=None, notch=None, normalize=None)
    x = recording(7)
    np.testing.assert_array_equal(pre.transform(x, RATE), signal.segment(x, RATE))


@pytest.mark.parametrize("normalize", ["record", "segment", "training", "zscore", None])
def test_scope_of_the_normalisation(normalize: str | None) -> None:
    train, test = recording(12, leads=2, seed=1), 3 * recording(12, leads=2, seed=2)
    pre = mains50(normalize=normalize).fit([train], RATE)
    for x in (train, test):
        segments = pre.transform(x, RATE)
        plain = mains50(normalize=None).transform(x, RATE)
        if normalize is None:
            scaled = plain
        elif normalize == "segment":
            scaled = signal.minmax(plain)
        elif normalize == "zscore":
            scaled = (plain - plain.mean(2, keepdims=True)) / plain.std(2, keepdims=True)
        else:
            source = train if normalize == "training" else x
            whole = mains50(normalize=None).transform(source, RATE)
            low, high = whole.min((0, 2))[:, None], whole.max((0, 2))[:, None]
            scaled = (plain - low) / (high - low)
        np.testing.assert_allclose(segments, scaled, atol=1e-12)


def test_types_and_kinds() -> None:
    x = recording(7)[0].round()
    pre = mains50()
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
    pre = mains50(normalize="segment")
    segments, starts = pre.transform(
        np.concatenate([first, second], axis=1), RATE, gaps=[first.shape[1]], return_starts=True
    )
    alone = [pre.transform(piece, RATE) for piece in (first, second)]
    np.testing.assert_array_equal(segments, np.concatenate(alone))
    np.testing.assert_array_equal(starts, [0, 3, 7.5])


def test_short_pieces_are_dropped_and_counted() -> None:
    segments, dropped = mains50().transform(recording(8), RATE, gaps=[3, 1000], return_dropped=True)
    assert segments.shape == (2, 1, 300)
    assert dropped.pieces == 2
    assert dropped.seconds == pytest.approx(2)


def test_nan_policies() -> None:
    x = recording(10, leads=2)
    x[1, 2000:2003] = np.nan, np.inf, np.nan
    with pytest.raises(ValueError, match=r"3 of 10000 samples .* first at lead 1, sample 2000;"):
        mains50().transform(x, RATE)
    dropped = mains50(nan="drop").transform(x, RATE, return_starts=True)
    pieces = np.delete(x, slice(2000, 2003), axis=1)
    joined = mains50().transform(pieces, RATE, gaps=[2000], return_starts=True)
    np.testing.assert_array_equal(dropped[0], joined[0])
    np.testing.assert_allclose(dropped[1], joined[1] + np.where(joined[1] >= 4, 3 / RATE, 0))
    bridged = x.copy()
    bridged[1, 2000:2003] = np.linspace(x[1, 1999], x[1, 2003], 5)[1:-1]
    np.testing.assert_allclose(
        mains50(nan="interpolate").transform(x, RATE), mains50().transform(bridged, RATE)
    )


def test_flat_leads_become_zero_and_warn() -> None:
    x = recording(7, leads=2)
    x[1] = 2100
    for pre in (mains50(), mains50(normalize="segment", zero_phase=False)):
        with pytest.warns(UserWarning, match="of . segments are flat; they became 0"):
            segments = pre.transform(x, RATE)
        assert not segments[:, 1].any()
        assert segments[:, 0].max() == 1
    with pytest.warns(UserWarning, match="stream: 2 of 4 segments are flat"):
        mains50(normalize="segment").stream(RATE).push(recording(6.5, leads=2) * [[1], [0]])


def test_a_recording_without_a_segment_is_empty_and_warns() -> None:
    for length in (5, 1000):
        with pytest.warns(UserWarning, match="no segment in the recording"):
            segments = mains50().transform(np.arange(length), RATE)
        assert segments.shape == (0, 1, 300)


def test_many_recordings_give_what_each_gives() -> None:
    records = [recording(s, rate=r) for s, r in [(7, 500), (9, 497.45), (4, 360)]]
    rates, gaps = [500, 497.45, 360], [(), [1600], ()]
    many, starts, dropped = mains50().transform_many(
        records, rates, gaps, return_starts=True, return_dropped=True
    )
    for i, record in enumerate(records):
        one = mains50().transform(
            record, rates[i], gaps=gaps[i], return_starts=True, return_dropped=True
        )
        np.testing.assert_array_equal(many[i], one[0])
        np.testing.assert_array_equal(starts[i], one[1])
        assert dropped[i] == one[2]
    assert mains50().transform_many([], 500) == []


def test_many_recordings_name_the_first_that_is_refused() -> None:
    records = [recording(4), recording(4), np.full(2000, np.nan), np.full(2000, np.nan)]
    with pytest.raises(ValueError, match=r"^record 2: transform: 2000 of 2000 samples"):
        mains50().transform_many(records, RATE)
    with pytest.raises(ValueError, match=r"^record 1: notch: 50 Hz needs .* got 80 Hz"):
        mains50().transform_many(records[:2], [500, 80])


def test_errors_carry_operation_parameter_and_index() -> None:
    with pytest.raises(ValueError, match=r"^notch: 50 Hz needs") as one:
        mains50().transform(recording(4), 80)
    assert (one.value.operation, one.value.parameter) == ("notch", "frequency")
    assert one.value.index is None
    with pytest.raises(ValueError, match=r"^record 1: ") as many:
        mains50().transform_many([recording(4), recording(4)], [500, 80])
    assert (many.value.parameter, many.value.index) == ("frequency", 1)
    with pytest.raises(ValueError, match=r"^record 1: ") as fit:
        Preprocessor(notch=None, normalize="training").fit([recording(4), GOOD * np.nan], RATE)
    assert (fit.value.parameter, fit.value.index) == ("samples", 1)


def test_each_recording_gives_its_segments_or_its_error() -> None:
    records = [recording(4), np.full(2000, np.nan), np.zeros((3, 2)), recording(4)]
    first, missing, turned, low = mains50().transform_each(records, [500, 500, 500, 80])
    segments, starts, dropped = mains50().transform(
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
    assert mains50().transform_each([], 500) == []


def test_ten_threads_get_one_answer() -> None:
    records = [recording(7, leads=2, seed=i) for i in range(4)]
    expected = mains50().transform_many(records, 497.45)
    with ThreadPoolExecutor(10) as pool:
        for answer in pool.map(lambda _: mains50().transform_many(records, 497.45), range(10)):
            for ours, theirs in zip(answer, expected, strict=True):
                np.testing.assert_array_equal(ours, theirs)


STREAMED = [
    {"normalize": "segment"},
    {"normalize": None, "overlap": 0.7, "segment_seconds": 0.5},
    {"normalize": "training", "target_rate": 250},
    {"normalize": None, "highpass": None, "notch": None, "target_rate": None},
    {"normalize": "segment", "highpass_order": 3, "notch": None, "target_rate": 497.45},
]


@pytest.mark.filterwarnings("ignore:transform. no segment")  # holes may leave no piece of 3 s
@settings(max_examples=25, deadline=None)
@given(data=st.data(), options=st.sampled_from(STREAMED), leads=st.integers(1, 3))
def test_any_chunking_gives_the_bits_of_one_call(data, options: dict, leads: int) -> None:
    rate = data.draw(st.sampled_from([250, 360, 497.45]))
    x = recording(7, leads, rate, seed=leads)
    for hole in data.draw(st.lists(st.integers(0, x.shape[1] - 1), max_size=2)):
        x[leads // 2, hole : hole + 2] = np.nan
    pre = Preprocessor(**{"notch": 50, **options}, zero_phase=False, nan="drop")
    pre.fit([recording(7, leads, rate)], rate)
    edges = data.draw(st.lists(st.integers(0, x.shape[1]), max_size=12))
    segments, starts = pre.transform(x, rate, return_starts=True)
    streamed = stream_in_chunks(pre.stream(rate), x, edges)
    assert np.array_equal(streamed[0], segments)
    assert np.array_equal(streamed[1], starts)


@pytest.mark.parametrize("normalize", ["segment", "zscore"])
def test_sample_by_sample_gives_the_bits_of_one_call(normalize: str) -> None:
    x = recording(4, leads=2, rate=497.45)
    pre = mains50(normalize=normalize, zero_phase=False, overlap=0.9)
    streamed, _ = stream_in_chunks(pre.stream(497.45), x, range(1, x.shape[1]))
    assert len(streamed) == 4
    assert np.array_equal(streamed, pre.transform(x, 497.45))


def test_a_real_recording_streams_to_the_bit(motion_folder: Path) -> None:
    name = "01_rest_e1"
    with np.load(motion_folder / "ctu_motion_ecg.npz") as arrays:
        x = arrays[f"signal_{name}"]
    rate = 497.44
    pre = mains50(normalize="segment", zero_phase=False)
    whole = pre.transform(x, rate)
    assert whole.shape == (21, 1, 300)
    edges = np.random.default_rng(0).integers(0, x.size, 200)
    streamed, _ = stream_in_chunks(pre.stream(rate), x, edges)
    assert streamed.dtype == np.float32
    assert np.array_equal(streamed, whole)


def test_a_segment_leaves_within_the_stated_look_ahead() -> None:
    x, stream = recording(4), mains50(normalize="segment").stream(RATE)
    last_needed = (299 * 5) + round(10 / 100 * RATE)
    assert stream.push(x[:, :last_needed]).shape == (0, 1, 300)
    assert stream.push(x[:, last_needed : last_needed + 1]).shape == (1, 1, 300)


def test_reset_is_a_gap() -> None:
    x = recording(8)
    pre = mains50(normalize="segment", zero_phase=False)
    stream = pre.stream(RATE)
    before = stream.push(x[:, :1900])
    stream.reset()
    after, starts = stream.push(x[:, 1900:], return_starts=True)
    np.testing.assert_array_equal(
        np.concatenate([before, after]), pre.transform(x, RATE, gaps=[1900])
    )
    np.testing.assert_array_equal(starts, [1900 / RATE])


def test_streams_refuse_and_stay_as_they_were() -> None:
    with pytest.raises(ValueError, match=r'^stream: normalize="record" needs .* whole recording'):
        mains50().stream(RATE)
    with pytest.raises(ValueError, match=r'^stream: nan="interpolate" needs'):
        mains50(normalize=None, nan="interpolate").stream(RATE)
    x = recording(4, leads=2)
    pre = mains50(normalize=None, zero_phase=False)
    stream = pre.stream(RATE)
    assert stream.push(x[:, :0]).shape == (0, 2, 300)
    stream.push(x[:, :1000])
    bad = x[:, 1000:1002].copy()
    bad[0, 1] = np.nan
    with pytest.raises(ValueError, match=r"^stream: 1 of 4 samples .* lead 0, sample 1"):
        stream.push(bad)
    with pytest.raises(ValueError, match="first chunk had 2 leads, got 1"):
        stream.push(x[0])
    with pytest.raises(ValueError, match=r"got shape \(1000, 2\); transpose"):
        stream.push(x[:, 1000:].T)
    np.testing.assert_array_equal(stream.push(x[:, 1000:]), pre.transform(x, RATE))


GOOD = recording(4)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: Preprocessor().transform(GOOD, 100), ValueError, "notch=40 for the alias"),
        (lambda: Preprocessor().transform(GOOD), ValueError, "^sampling_rate: needed in Hz"),
        (lambda: Preprocessor().transform(GOOD, "500"), ValueError, "finite number, got '500'"),
        (lambda: Preprocessor().transform(GOOD, 0), ValueError, "positive number of Hz, got 0"),
        (lambda: Preprocessor().transform(GOOD.T, 500), ValueError, "transpose it"),
        (lambda: Preprocessor().transform(GOOD[None], 500), ValueError, r"shape \(1, 1, 2000\)"),
        (lambda: Preprocessor().transform(np.ones((65, 2000)), 500), ValueError, "at most 64"),
        (lambda: Preprocessor().transform([], 500), ValueError, "no samples"),
        (lambda: Preprocessor().transform(GOOD > 0, 500), TypeError, "got bool"),
        (lambda: Preprocessor().transform(GOOD, 500, gaps=[2000]), ValueError, "1 to 1999 here"),
        (lambda: Preprocessor().transform(GOOD, 500, gaps=[-1]), ValueError, "at least 1 .*got -1"),
        (
            lambda: Preprocessor().transform(GOOD, 500, gaps=[1.5]),
            ValueError,
            "^transform: each of gaps must be an integer of at least 1 .* got 1.5",
        ),
        (
            lambda: Preprocessor(nan="skip").transform(GOOD, 500),
            ValueError,
            "raise.*interpolate.*drop",
        ),
        (lambda: Preprocessor(normalize="z").transform(GOOD, 500), ValueError, "got 'z'"),
        (lambda: Preprocessor(normalize="none").transform(GOOD, 500), ValueError, "got 'none'"),
        (lambda: Preprocessor(overlap=1.0).transform(GOOD, 500), ValueError, "overlap"),
        (
            lambda: Preprocessor(highpass="0.5").transform(GOOD, 500),
            ValueError,
            "highpass: expects",
        ),
        (
            lambda: Preprocessor(highpass_order=2.5).transform(GOOD, 500),
            ValueError,
            "^Preprocessor: highpass_order must be an integer of at least 1 and at most 20",
        ),
        (
            lambda: Preprocessor(target_rate=0).transform(GOOD, 500),
            ValueError,
            "target_rate must be",
        ),
        (
            lambda: Preprocessor(normalize="training").transform(GOOD, 500),
            ValueError,
            "needs fit",
        ),
        (
            lambda: Preprocessor(normalize="training").fit([GOOD], 500).transform([*GOOD] * 2, 500),
            ValueError,
            "fitted on 1 leads, got 2",
        ),
        (
            lambda: Preprocessor(normalize="training").fit([GOOD, [*GOOD] * 2], 500),
            ValueError,
            r"same leads, got \[1, 2\]",
        ),
        (
            lambda: Preprocessor(normalize="training").fit([GOOD[:, :100]], 500),
            ValueError,
            "none of 1 recordings has a piece of 3.0 s",
        ),
        (lambda: Preprocessor().transform_many(GOOD, 500), TypeError, "expects a list"),
        (
            lambda: Preprocessor().transform_many([GOOD], [1, 2]),
            ValueError,
            "as many sampling rates",
        ),
        (lambda: Preprocessor().transform_many([GOOD], 500, [[], []]), ValueError, "lists of gaps"),
        (lambda: Preprocessor().set_params(rate=3), ValueError, "no setting 'rate'"),
        (
            lambda: Preprocessor(highpass=1e-6).transform(GOOD, 500),
            ValueError,
            "cutoff must be at least 0.0005 Hz at 500 Hz",
        ),
        (
            lambda: Preprocessor(highpass=None, notch=1e-7).transform(GOOD, 500),
            ValueError,
            "frequency must be at least 0.0005 Hz at 500 Hz",
        ),
        (lambda: Preprocessor.from_dict({"rate": 3}), ValueError, "no setting 'rate'"),
        (
            lambda: Preprocessor.from_dict({"overlap": None}),
            ValueError,
            "^overlap: expects a finite number",
        ),
        (lambda: Preprocessor.from_dict({"nan": 3}), ValueError, "^nan: must be one of"),
        (lambda: Preprocessor.from_dict({"limits": [1, 2]}), ValueError, "^limits: expects"),
    ],
)
def test_bad_input(call, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call()


def test_settings_travel() -> None:
    x = recording(7, leads=2)
    pre = mains50(normalize="training", sampling_rate=RATE, overlap=0.5).fit([x])
    expected = pre.transform(recording(7, leads=2, seed=3))
    travelled = [
        Preprocessor.from_dict(json.loads(json.dumps(pre.to_dict()))),
        pickle.loads(pickle.dumps(pre)),
        copy.deepcopy(pre),
    ]
    for other in travelled:
        assert other.get_params() == pre.get_params()
        np.testing.assert_array_equal(other.transform(recording(7, leads=2, seed=3)), expected)
    assert mains50().to_dict()["limits"] is None
    assert repr(pre) == (
        "Preprocessor(notch=50, normalize='training', overlap=0.5, sampling_rate=500.0)"
    )


def test_scikit_learn_clones_it_unfitted() -> None:
    from sklearn.base import clone

    pre = mains50(normalize="training", sampling_rate=RATE).fit([recording(7)])
    copied = clone(pre)
    assert copied.get_params() == pre.get_params()
    assert not hasattr(copied, "limits_")


def test_a_stream_refuses_no_leads_at_all():
    stream = Preprocessor(notch=None, normalize=None).stream(100)
    for shape in ((0, 5), (0, 0)):
        with pytest.raises(ValueError, match=r"lead|samples"):
            stream.push(np.zeros(shape))
