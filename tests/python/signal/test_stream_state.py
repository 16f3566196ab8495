"""A stream continues from a saved state with the same bits, and refuses any other state."""

from hashlib import sha256

import numpy as np
import pytest
from support.recordings import RATE, recording

from dt4ecg import Preprocessor
from dt4ecg.signal.stream_state import pack

SETTINGS = [
    {"normalize": "segment"},
    {"normalize": None, "overlap": 0.7, "segment_seconds": 0.5, "nan": "interpolate"},
    {"normalize": "zscore", "target_rate": 250, "nan": "drop"},
    {"normalize": None, "highpass": None, "notch": None, "target_rate": None},
    {"normalize": "segment", "settle": False, "target_rate": 497.45},
]


def damaged_recording() -> np.ndarray:
    """Return two leads with a short hole, a long one, and a code of lost samples."""
    x = recording(20, leads=2, seed=3)
    x[0, 700:712] = np.nan
    x[1, 2000:2400] = np.nan
    x[0, 3000] = 32767
    return x


@pytest.mark.filterwarnings("ignore:stream")  # lost samples are what this test is about
@pytest.mark.parametrize("options", SETTINGS)
def test_a_restored_stream_continues_with_the_same_bits(options):
    x = damaged_recording()
    if options.get("nan", "raise") == "raise":
        x = recording(20, leads=2, seed=3)
    pre = Preprocessor(**{"notch": 50, **options}, zero_phase=False)
    whole = pre.stream(RATE)
    expected = np.concatenate([whole.push(chunk) for chunk in np.array_split(x, 37, axis=1)])
    state, parts = pre.stream(RATE).state(), []
    for chunk in np.array_split(x, 37, axis=1):
        stream = pre.stream(RATE)  # every chunk meets a new stream
        stream.restore(state)
        parts.append(stream.push(chunk))
        state = stream.state()
    assert len(expected) >= 2
    assert np.array_equal(np.concatenate(parts), expected)
    assert state == whole.state()


def test_starts_and_gaps_are_part_of_the_state():
    x = recording(9, seed=1)
    pre = Preprocessor(notch=50)
    before, after = pre.stream(RATE), pre.stream(RATE)
    before.push(x[:, : int(4.2 * RATE)])
    before.reset()
    after.restore(before.state())
    rest = x[:, int(4.2 * RATE) :]
    expected, starts = before.push(rest, return_starts=True)
    found, found_starts = after.push(rest, return_starts=True)
    assert np.array_equal(found, expected)
    assert found_starts.tolist() == starts.tolist()
    assert starts[0] > 4.2


def a_state() -> tuple[Preprocessor, bytes]:
    pre = Preprocessor(notch=50)
    stream = pre.stream(RATE)
    stream.push(recording(4, leads=2)[:, :1100])
    return pre, stream.state()


@pytest.mark.parametrize(
    "damage",
    [
        lambda state: state[:-8],
        lambda state: state + bytes(8),
        lambda state: state.replace(b"notch", b"natch"),
        lambda state: state[:-1] + bytes([state[-1] ^ 1]),
        lambda state: b"",
        lambda state: b"{}\n",
    ],
)
def test_damaged_states_are_refused_and_change_nothing(damage):
    pre, state = a_state()
    stream, twin = pre.stream(RATE), pre.stream(RATE)
    x = recording(5, leads=2)
    stream.push(x[:, :900])
    twin.push(x[:, :900])
    with pytest.raises(ValueError, match="damaged"):
        stream.restore(damage(state))
    assert np.array_equal(stream.push(x[:, 900:]), twin.push(x[:, 900:]))


@pytest.mark.parametrize("line", [b"null", b"5", b"[1]", b"{", b"[" * 100_000, b"\xff"])
def test_a_signed_header_of_another_kind_is_refused(line):
    signed = line + b"\n"
    with pytest.raises(ValueError, match="another format"):
        Preprocessor(notch=50).stream(RATE).restore(signed + sha256(signed).digest())


def test_a_state_of_other_settings_is_refused():
    _, state = a_state()
    with pytest.raises(ValueError, match=r"notch 50 -> 60"):
        Preprocessor(notch=60).stream(RATE).restore(state)
    with pytest.raises(ValueError, match=r"stream_rate"):
        Preprocessor(notch=50).stream(2 * RATE).restore(state)
    with pytest.raises(TypeError, match="bytes"):
        Preprocessor(notch=50).stream(RATE).restore("state")


def test_made_up_numbers_never_crash():
    pre = Preprocessor(notch=50, nan="interpolate")
    live = pre.stream(RATE)
    x = recording(4, leads=2)
    live.push(x[:, :1100])
    good = live._core.state()
    generator = np.random.default_rng(0)
    refused = 0
    for trial in range(400):
        numbers = good.copy()
        kind = trial % 4
        at = generator.integers(len(numbers) if trial % 2 else 40, size=2)
        if kind < 2:
            numbers[at] = generator.choice([0, 1, 2, -1, 0.5, 2.0**40, 1e300, np.nan, np.inf], 2)
        elif kind == 2:
            numbers = np.delete(numbers, at)
        else:
            numbers = np.insert(numbers, at, generator.integers(0, 5, 2))
        stream = pre.stream(RATE)
        try:
            stream.restore(pack(numbers, live._settings))
        except ValueError:
            refused += 1
            continue
        stream.push(x[: int(numbers[0]) or 2, 1100:1400])
    assert 200 < refused < 400
