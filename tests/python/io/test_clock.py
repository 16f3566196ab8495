"""The sampling rate and the gaps by a column of times."""

import numpy as np
import pytest

from dt4ecg.io import read_contents
from dt4ecg.io.clock import read_clock
from dt4ecg.io.contents import RATE_TOLERANCE
from dt4ecg.io.text.cells import seconds

RATE = 130
TIMES = np.arange(1560) / RATE
PACKETS = np.repeat(np.arange(22) * 73 / RATE, 73)[:1560]


@pytest.mark.parametrize(
    "times",
    [
        TIMES,
        1.7e9 + TIMES,
        np.round(TIMES, 3),
        np.floor(TIMES),
        np.floor(TIMES + 0.3),
        PACKETS,
        PACKETS + np.tile(np.arange(73) * 1e-5, 22)[:1560],
    ],
)
def test_the_rate(times):
    found = read_clock(times)
    assert found.gaps == ()
    if found.sampling_rate is None:  # times of arrival over 12 s
        assert found.uncertainty > RATE_TOLERANCE
    else:
        assert found.sampling_rate == 130.0


@pytest.mark.parametrize("rate", [129.9, 257.3, 511.422, 1000.0])
def test_the_error_is_within_the_uncertainty(rate):
    rng = np.random.default_rng(0)
    times = np.arange(round(30 * rate)) / rate
    for noisy in (np.round(times, 3), times + rng.normal(0, 0.1 / rate, len(times))):
        found = read_clock(noisy)
        assert abs(found.sampling_rate - rate) <= found.uncertainty * rate < 0.1
        assert found.gaps == ()


def test_irregular_packets_over_a_long_time():
    n_packets = 1000
    arrivals = np.arange(n_packets) * 73 / RATE + np.random.default_rng(0).uniform(
        0, 0.05, n_packets
    )
    found = read_clock(np.repeat(arrivals, 73))
    assert found.sampling_rate == pytest.approx(RATE, rel=2e-4)
    assert found.gaps == ()


@pytest.mark.parametrize("digits", [3, 6])
def test_jumps_and_falls_are_gaps(digits):
    times = TIMES.copy()
    times[700:] += 4
    times[1000:] -= times[1000]  # the clock starts again
    found = read_clock(np.round(times, digits))
    assert (found.sampling_rate, found.gaps) == (130.0, (700, 1000))


def test_many_gaps_do_not_change_the_rate():
    rng = np.random.default_rng(0)
    times = np.arange(RATE * 600) / RATE
    places = np.sort(rng.choice(np.arange(1000, len(times), 500), 60, replace=False))
    for place in places:
        times[place:] += rng.uniform(0.1, 5)
    found = read_clock(times)
    assert (found.sampling_rate, found.gaps) == (130.0, tuple(places.tolist()))


@pytest.mark.parametrize(("lost", "gaps"), [(1, ()), (2, (700,))])
def test_a_step_of_more_than_two_and_a_half_intervals_is_a_gap(lost, gaps):
    assert read_clock(np.delete(TIMES, range(700, 700 + lost))).gaps == gaps


def test_a_lost_packet_is_a_gap():
    times = np.delete(PACKETS, range(730, 803))
    assert read_clock(times).gaps == (730,)


def test_lost_times_are_left_out():
    times = TIMES.copy()
    times[100:110] = np.nan
    times[800:] += 2
    found = read_clock(times)
    assert (found.sampling_rate, found.gaps) == (130.0, (800,))


@pytest.mark.parametrize(
    "times",
    [
        np.zeros(100),
        -TIMES,
        np.full(100, np.nan),
        np.empty(0),
        np.array([0.0, 1.0]),
        np.floor(TIMES[:250]),
        np.random.default_rng(0).normal(size=300),
    ],
)
def test_no_clock(times):
    assert read_clock(times).sampling_rate is None


@pytest.mark.parametrize(
    ("name", "scale", "rate"),
    [
        ("time", 1, 100.0),
        ("time", 1e3, 100.0),
        ("time", 1e9, 100.0),
        ("timestamp_ms", 1e3, 100.0),
        ("time [ns]", 1e9, 100.0),
        ("Zeit (s)", 1, 100.0),
        ("Zeit [min]", 1 / 60, 100.0),
        ("time", 100, None),  # counts samples
        ("index", 100, None),
        ("time", 1e-3, None),  # no unit fits
    ],
)
def test_the_unit_of_a_column_of_times(tmp_path, name, scale, rate):
    x = np.random.default_rng(0).normal(size=400)
    rows = "".join(f"{i / 100 * scale:.9g},{one:.3f}\n" for i, one in enumerate(x))
    (tmp_path / "x.csv").write_text(f"{name},ecg\n{rows}")
    assert read_contents(tmp_path / "x.csv").signals[1].sampling_rate == rate


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("59:59.5", 3599.5),
        ("1:00:00.5", 3600.5),
        ("23:59:59,25", 86399.25),
        ("1 00:00:00", 86400.0),
        ("[2 03:04:05]", 183845.0),
        ("1970-01-02", 86400.0),
    ],
)
def test_a_time_in_seconds(cell, expected):
    assert seconds(cell) == expected


def test_times_of_day_go_on_after_midnight(tmp_path):
    x = np.random.default_rng(0).normal(size=1000)
    seconds = (86395 * 100 + np.arange(1000)) % 8640000
    rows = "".join(
        f"{s // 360000:02d}:{s // 6000 % 60:02d}:{s % 6000 / 100:05.2f},{one:.3f}\n"
        for s, one in zip(seconds.tolist(), x, strict=True)
    )
    (tmp_path / "x.csv").write_text("time,ecg\n" + rows)
    ecg = read_contents(tmp_path / "x.csv").signals[1]
    assert (ecg.sampling_rate, ecg.gaps) == (100.0, ())


def test_a_clock_without_a_name(tmp_path):
    x = np.random.default_rng(0).normal(size=400)
    for scale, rate in ((1, 100.0), (100, None)):
        rows = "".join(f"{i / 100 * scale},{one:.3f}\n" for i, one in enumerate(x))
        (tmp_path / "x.csv").write_text(rows)
        assert read_contents(tmp_path / "x.csv").signals[1].sampling_rate == rate
