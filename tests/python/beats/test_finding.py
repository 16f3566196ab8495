"""R peaks, in made signals whose peaks are known, and in the cohort's ground truth."""

import pickle

import numpy as np
import pytest
import torch

from dt4ecg import beats
from dt4ecg.datasets import simulate_cohort
from dt4ecg.io import Recording


def made(rate=250.0, seconds=20.0, interval=0.8):
    """Triangular R peaks with a T wave; the samples of the peaks."""
    t = np.arange(round(seconds * rate)) / rate
    peaks = np.round(np.arange(0.5, seconds - 0.4, interval) * rate).astype(int)
    x = 0.2 * np.sin(2 * np.pi * 0.2 * t)
    for peak in peaks:
        from_peak = t - peak / rate
        x += np.clip(1 - np.abs(from_peak) / 0.03, 0, None)
        x += 0.25 * np.exp(-(((from_peak - 0.28) / 0.06) ** 2))
    return x, peaks


@pytest.mark.parametrize("rate", [100.0, 257.3, 500.0, 1000.0])
@pytest.mark.parametrize("sign", [1, -1])
def test_peaks_of_a_made_signal(rate, sign):
    x, peaks = made(rate)
    found = beats.find(sign * x, rate)
    np.testing.assert_array_equal(found.samples, peaks)
    np.testing.assert_allclose(found.times, peaks / rate)


@pytest.mark.parametrize("gain", [1e-9, 1e9])
def test_gain_and_offset_do_not_matter(gain):
    x, peaks = made()
    np.testing.assert_array_equal(beats.find(gain * (x + 1000), 250).samples, peaks)


def test_noise_of_muscles_and_mains():
    x, peaks = made()
    rng = np.random.default_rng(0)
    x = x + 0.08 * rng.standard_normal(len(x)) + 0.3 * np.sin(np.arange(len(x)) * 2 * np.pi / 5)
    found = beats.find(x, 250).samples
    assert len(found) == len(peaks)
    assert np.abs(found - peaks).max() <= 3


def test_a_high_artefact_costs_no_beats_around_it():
    x, peaks = made()
    x[2010:2020] += 20
    found = beats.find(x, 250).samples
    assert {*peaks.tolist()} - {*found.tolist()} <= {*peaks[np.abs(peaks - 2015) < 60].tolist()}


def test_a_sudden_loss_of_height_is_followed():
    x, peaks = made()
    x[2500:] *= 0.3
    assert len(beats.find(x, 250)) == len(peaks)


@pytest.mark.parametrize("before", [0.0, 1e-6, 0.01])
def test_a_quiet_start_does_not_spoil_the_levels(before):
    x, peaks = made(seconds=30)
    rng = np.random.default_rng(0)
    quiet = before * rng.standard_normal(1500)
    signal = np.concatenate([quiet, x + 1e-4 * rng.standard_normal(len(x))])
    found = beats.find(signal, 250).samples - len(quiet)
    late = found[found > 2000]
    np.testing.assert_allclose(late, peaks[peaks > 2000], atol=2)


@pytest.mark.parametrize("seed", [0, 1])
def test_chunks_give_the_same_peaks(seed):
    rng = np.random.default_rng(seed)
    x, _ = made()
    x += 0.2 * rng.standard_normal(len(x))
    ends = np.sort(rng.integers(0, len(x), 60))
    live = beats.stream(250)
    parts = [live.push(chunk) for chunk in np.split(x, ends)]
    found = np.concatenate([*parts, live.finish()])
    np.testing.assert_array_equal(found, beats.find(x, 250).samples)
    assert len(np.concatenate(parts)) >= len(found) - 2


def test_gaps_are_not_crossed():
    x, _ = made()
    whole = beats.find(Recording(x, 250.0, gaps=(2000,)))
    first, second = beats.find(x[:2000], 250), beats.find(x[2000:], 250)
    wanted = np.concatenate([first.samples, second.samples + 2000])
    np.testing.assert_array_equal(whole.samples, wanted)
    assert whole.gaps == (2000,)


@pytest.mark.parametrize("gaps", [(), (2000,), (2000, 2300)])
def test_lost_samples_of_a_recording_are_a_gap(gaps):
    x, _ = made()
    first, second = beats.find(x[:2000], 250), beats.find(x[2300:], 250)
    x[2000:2300] = np.nan
    found = beats.find(Recording(x, 250.0, gaps=gaps))
    wanted = np.concatenate([first.samples, second.samples + 2300])
    np.testing.assert_array_equal(found.samples, wanted)
    assert found.gaps == tuple(sorted({*gaps, 2300}))
    assert beats.rr_intervals(found).dropped == 1


def test_lost_samples_at_both_ends():
    x, _ = made()
    wanted = beats.find(x[300:4000], 250).samples + 300
    x[:300] = x[4000:] = np.nan
    np.testing.assert_array_equal(beats.find(Recording(x, 250.0)).samples, wanted)
    x[:3600] = np.nan
    with pytest.raises(ValueError, match=r"at least 2 s of signal, got 1.6 s"):
        beats.find(Recording(x, 250.0))


def test_an_array_without_a_sampling_rate_is_refused_with_the_way_out():
    with pytest.raises(ValueError, match=r"beats: the sampling rate is unknown; .*dt4ecg.read"):
        beats.find(np.zeros(1000))


def test_leads_by_index_and_name():
    x, peaks = made()
    rec = Recording(np.stack([np.zeros_like(x), x]), 250.0, lead_names=("I", "II"))
    np.testing.assert_array_equal(beats.find(rec, lead="II").samples, peaks)
    np.testing.assert_array_equal(beats.find(rec, lead=1).samples, peaks)
    assert len(beats.find(rec)) == 0
    with pytest.raises(ValueError, match="no lead 'V1'"):
        beats.find(rec, lead="V1")
    with pytest.raises(ValueError, match="no lead 'II'"):
        beats.find(x, 250, lead="II")
    with pytest.raises(ValueError, match="lead"):
        beats.find(x, 250, lead=1)


def test_kinds_of_samples():
    x, peaks = made()
    for kind in (torch.from_numpy(x), x.astype(np.float32), np.round(1000 * x).astype(np.int16)):
        assert np.abs(beats.find(kind, 250).samples - peaks).max() <= 1


def test_simulated_people_have_their_own_beats():
    for recording in simulate_cohort(subjects=3, seconds=30):
        wanted = np.round(np.asarray(recording.r_times) * recording.sampling_rate)
        found = beats.find(recording).samples
        tolerance = 0.075 * recording.sampling_rate
        hits = sum(np.abs(found - peak).min() <= tolerance for peak in wanted[1:-1])
        assert hits >= len(wanted) - 3


@pytest.mark.parametrize(
    ("x", "rate"),
    [
        (np.zeros(499), 250),
        (np.full(1000, np.nan), 250),
        (np.r_[np.zeros(999), np.inf], 250),
        (np.zeros(1000), 79),
        (np.zeros(1000), np.nan),
        (np.zeros((2, 2, 1000)), 250),
        ([], 250),
    ],
)
def test_find_refuses(x, rate):
    with pytest.raises(ValueError, match=r"beats|sampling_rate"):
        beats.find(x, rate)


def test_a_stream_refuses_and_remains_as_it_was():
    x, peaks = made()
    live = beats.stream(250)
    with pytest.raises(ValueError, match="NaN"):
        live.push([np.nan])
    with pytest.raises(ValueError, match="one lead"):
        live.push(np.zeros((2, 100)))
    with pytest.raises(TypeError):
        live.push(["a"])
    found = np.concatenate([live.push(x), live.finish()])
    np.testing.assert_array_equal(found, peaks)
    with pytest.raises(TypeError, match="pickled"):
        pickle.dumps(live)
