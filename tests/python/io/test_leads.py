"""The choice of ECG leads among the signals of a file."""

import re

import numpy as np
import pytest

from dt4ecg.datasets import simulate_cohort
from dt4ecg.io.contents import Signal
from dt4ecg.io.leads import choose, is_ecg_name, is_other_quantity

RNG = np.random.default_rng(0)
SKIPPING = np.cumsum(RNG.choice([0, 1, 2, 3, 4], size=400))  # it loses packets
INTERVALS = RNG.normal(850, 50, size=400)  # in ms, of beats


def signal(name="", unit="", samples=None, **known):
    return Signal(
        RNG.normal(size=400) if samples is None else np.asarray(samples), name, unit, **known
    )


def names(signals, leads=None):
    chosen, notes = choose(signals, leads)
    return [one.name for one in chosen], notes


def test_a_lead_named_twice_is_refused():
    with pytest.raises(ValueError, match="names a signal twice"):
        choose([signal("I"), signal("II")], ["I", 0])


@pytest.mark.parametrize(
    "name", ["ECG", "ecg [uV]", "ECG I", "EKG (µV)", "MLII", "V5", "Lead II", "aVR", "ECGBIT", "II"]
)
def test_names_of_ecg(name):
    assert is_ecg_name(name)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("time", ""),
        ("timestamp_ms", ""),
        ("Phone timestamp", ""),
        ("nSeq", ""),
        ("HR", ""),
        ("RESP", "mV"),
        ("acc_x", ""),
        ("a", "bpm"),
        ("b", "°C"),
        ("c", "[ms]"),
        ("I1", ""),
        ("ECG_Rate", ""),
        ("Shimmer_ECG_Status1_CAL", ""),
    ],
)
def test_other_quantities(name, unit):
    assert is_other_quantity(signal(name, unit))


@pytest.mark.parametrize("name", ["chest", "0", "signal", "voltage", "left", "A3"])
def test_a_name_may_say_nothing(name):
    assert not is_ecg_name(name)
    assert not is_other_quantity(signal(name, "mV"))


def test_signals_that_are_ecg_by_name_are_taken():
    assert names([signal("Resp"), signal("MLII"), signal("chest"), signal("V5")]) == (
        ["MLII", "V5"],
        [
            "left out: column 0 (Resp) is not ECG by its name or unit; "
            "column 2 (chest) is not ECG by its name"
        ],
    )


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (np.arange(400) / 130, "rises throughout, as a clock does"),
        (-np.arange(400.0), "falls throughout, as a clock does"),
        (np.arange(400) // 130, "rises throughout"),  # whole seconds
        (np.r_[np.arange(399), 0], "rises throughout"),  # a clock that starts again
        (np.arange(400) % 16, "changes by equal steps, as a counter does"),
        (SKIPPING % 64, "rises but where it starts again, as a counter does"),
        (-SKIPPING % 50, "rises but where it starts again, as a counter does"),
        (np.repeat(RNG.normal(800, 50, size=20), 100), "holds each value for long"),
        (8 * np.round(INTERVALS / 8), "has the range and the changes of intervals between beats"),
        (np.round(INTERVALS * 0.128) / 128, "has the range and the changes of intervals"),
        (np.arange(400) // 50 % 2, "fewer than 16 distinct values, as a switch has"),
        (np.zeros(400), "fewer than 16 distinct values"),
    ],
)
def test_other_quantities_are_recognised_by_their_shape(other, reason):
    other = np.asarray(other)
    ecg = signal(samples=RNG.normal(size=len(other)))
    chosen, notes = choose([signal(samples=other), ecg], None)
    assert chosen == [ecg]
    assert f"column 0 {reason.split(',')[0]}" in notes[0].replace("has fewer", "fewer")


@pytest.mark.parametrize("offset", [0, 1000])
def test_ecg_in_whole_numbers_is_not_a_counter_and_not_an_interval(offset):
    ecg = simulate_cohort(subjects=1, seconds=60)[0].samples[0]
    counts = np.round(200 * ecg / np.abs(ecg).max()) + offset
    assert len(choose([signal(samples=counts)], None)[0]) == 1
    noise = RNG.integers(900, 1100, size=400)  # a name outweighs the shape of intervals
    assert names([signal("ECG", samples=noise)]) == (["ECG"], [])
    with pytest.raises(ValueError, match="intervals between beats; if one is ECG, name it"):
        choose([signal(samples=noise)], None)


def test_a_clock_alone_is_refused_and_a_dead_lead_is_not():
    with pytest.raises(ValueError, match=r"column 0 rises throughout.*name it with leads="):
        choose([signal(samples=np.arange(400.0))], None)
    assert len(choose([signal(samples=np.zeros(400))], None)[0]) == 1
    assert names([signal("II", samples=np.zeros(400)), signal("V5")]) == (["II", "V5"], [])


def test_leads_are_chosen_by_name_or_position():
    signals = [signal("ECG Lead I"), signal("ecg lead ii"), signal("resp")]
    for leads, expected in [
        ("II", ["ecg lead ii"]),
        ("ECG LEAD I", ["ECG Lead I"]),
        (1, ["ecg lead ii"]),
        ("2", ["resp"]),
        (["II", 0], ["ecg lead ii", "ECG Lead I"]),
    ]:
        assert names(signals, leads) == (expected, [])
    for leads in ("III", 3, -1, "-1"):
        with pytest.raises(ValueError, match=r"does not exist; signals: 0 ECG Lead I, 1 ecg lead"):
            choose(signals, leads)
    recorders = [f"{word} II" for word in ("ECG", "ECGBIT", "EKG", "Lead", "Channel", "raw")]
    for name in recorders:
        assert names([signal("V1"), signal(name)], "ii") == ([name], [])
    with pytest.raises(ValueError, match="2 signals have this name; give the position instead"):
        choose([signal("ECG"), signal("ecg")], "ecg")


def test_leads_of_different_rates_do_not_fit_together():
    signals = [signal("I", sampling_rate=500.0), signal("II", sampling_rate=250.0)]
    with pytest.raises(ValueError, match=re.escape("signals: 0 I (500 Hz), 1 II (250 Hz)")):
        choose(signals, None)
    assert names(signals, "II")[0] == ["II"]
