"""A stream gives the bits of one call, whatever the chunks, and reports bad chunks."""

import copy
import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.recordings import RATE, paper50, recording

from dt4ecg import Preprocessor


def stream_in_chunks(stream, x: np.ndarray, edges) -> tuple[np.ndarray, np.ndarray]:
    pushed = [
        stream.push(chunk, return_starts=True) for chunk in np.split(x, sorted(edges), axis=-1)
    ]
    segments, starts = zip(*pushed, strict=True)
    return np.concatenate(segments), np.concatenate(starts)


STREAMED = [
    {"normalize": "segment"},
    {"normalize": None, "overlap": 0.7, "segment_seconds": 0.5},
    {"normalize": "training", "target_rate": 250},
    {"normalize": None, "highpass": None, "notch": None, "target_rate": None},
    {"normalize": "segment", "highpass_order": 3, "notch": None, "target_rate": 497.45},
]


@pytest.mark.filterwarnings("ignore:transform. no segment")  # there may be no piece of 3 s
@settings(max_examples=25, deadline=None)
@given(data=st.data(), options=st.sampled_from(STREAMED), leads=st.integers(1, 3))
def test_any_chunking_gives_the_bits_of_one_call(data, options: dict, leads: int) -> None:
    rate = data.draw(st.sampled_from([250, 360, 497.45]))
    x = recording(7, leads, rate, seed=leads)
    for hole in data.draw(st.lists(st.integers(0, x.shape[1] - 1), max_size=2)):
        x[leads // 2, hole : hole + 2] = np.nan
    pre = Preprocessor.paper(**{"notch": 50, **options}, zero_phase=False, nan="drop")
    pre.fit([recording(7, leads, rate)], rate)
    edges = data.draw(st.lists(st.integers(0, x.shape[1]), max_size=12))
    segments, starts = pre.transform(x, rate, return_starts=True)
    streamed = stream_in_chunks(pre.stream(rate), x, edges)
    assert np.array_equal(streamed[0], segments)
    assert np.array_equal(streamed[1], starts)


@pytest.mark.parametrize("normalize", ["segment", "zscore"])
def test_sample_by_sample_gives_the_bits_of_one_call(normalize: str) -> None:
    x = recording(4, leads=2, rate=497.45)
    pre = paper50(normalize=normalize, zero_phase=False, overlap=0.9)
    streamed, _ = stream_in_chunks(pre.stream(497.45), x, range(1, x.shape[1]))
    assert len(streamed) == 4
    assert np.array_equal(streamed, pre.transform(x, 497.45))


def test_a_real_recording_streams_to_the_bit(motion_folder: Path) -> None:
    name = "01_rest_e1"
    with np.load(motion_folder / "ctu_motion_ecg.npz") as arrays:
        x = arrays[f"signal_{name}"]
    rate = 497.44
    pre = paper50(normalize="segment", zero_phase=False)
    expected = pre.transform(x, rate)
    assert expected.shape == (21, 1, 300)
    edges = np.random.default_rng(0).integers(0, x.size, 200)
    streamed, _ = stream_in_chunks(pre.stream(rate), x, edges)
    assert streamed.dtype == np.float32
    assert np.array_equal(streamed, expected)


def test_a_segment_is_returned_after_the_documented_look_ahead() -> None:
    x, stream = recording(4), paper50(normalize="segment").stream(RATE)
    last_needed = (299 * 5) + round(10 / 100 * RATE)
    assert stream.push(x[:, :last_needed]).shape == (0, 1, 300)
    assert stream.push(x[:, last_needed : last_needed + 1]).shape == (1, 1, 300)


def test_reset_is_a_gap() -> None:
    x = recording(8)
    pre = paper50(normalize="segment", zero_phase=False)
    stream = pre.stream(RATE)
    before = stream.push(x[:, :1900])
    stream.reset()
    after, starts = stream.push(x[:, 1900:], return_starts=True)
    np.testing.assert_array_equal(
        np.concatenate([before, after]), pre.transform(x, RATE, gaps=[1900])
    )
    np.testing.assert_array_equal(starts, [1900 / RATE])


def test_bad_chunks_are_refused_and_change_nothing() -> None:
    with pytest.raises(ValueError, match=r'^stream: normalize="record" needs .* whole recording'):
        paper50().stream(RATE)
    x = recording(4, leads=2)
    pre = paper50(normalize=None, zero_phase=False)
    stream = pre.stream(RATE)
    assert stream.push(x[:, :0]).shape == (0, 2, 300)
    stream.push(x[:, :1000])
    bad = x[:, 1000:1002].copy()
    bad[0, 1] = np.nan
    with pytest.raises(ValueError, match=r"^stream: 1 of 4 samples .* lead 0, sample 1"):
        stream.push(bad)
    with pytest.raises(ValueError, match="leads was 2 in the first chunk, got 1"):
        stream.push(x[0])
    with pytest.raises(ValueError, match=r"got shape \(1000, 2\); transpose"):
        stream.push(x[:, 1000:].T)
    np.testing.assert_array_equal(stream.push(x[:, 1000:]), pre.transform(x, RATE))


def test_chunks_without_leads_are_refused() -> None:
    stream = Preprocessor(notch=None, normalize=None).stream(100)
    for shape in ((0, 5), (0, 0)):
        with pytest.raises(ValueError, match=r"lead|samples"):
            stream.push(np.zeros(shape))


def test_flat_leads_warn_in_the_callers_file() -> None:
    stream = paper50(normalize="segment").stream(RATE)
    with pytest.warns(UserWarning, match="stream: 2 of 4 segments are flat") as caught:
        stream.push(recording(6.5, leads=2) * [[1], [0]])
    assert caught[0].filename == __file__


def test_integers_become_float32() -> None:
    chunk = recording(4)[0].astype(np.int16)
    assert paper50(normalize="segment").stream(RATE).push(chunk).dtype == np.float32


@pytest.mark.parametrize("duplicate", [pickle.dumps, copy.deepcopy])
def test_a_stream_says_why_it_cannot_be_pickled(duplicate):
    stream = Preprocessor(notch=50, normalize="segment").stream(500)
    with pytest.raises(TypeError, match=r"open a stream in the other process"):
        duplicate(stream)
