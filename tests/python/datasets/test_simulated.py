"""The simulated cohort is reproducible and physiological, and resembles real recordings."""

import csv
import threading
from collections import defaultdict

import numpy as np
import pytest
import torch
from scipy import signal

from dt4ecg.datasets.simulated import ACTIVITIES, SimulatedRecording, simulate_cohort


@pytest.fixture(scope="module")
def cohort() -> list[SimulatedRecording]:
    return simulate_cohort()


def of(cohort, activity):
    return [recording for recording in cohort if recording.activity == activity]


def intervals(recording):
    return np.diff(recording.r_times)


def mean_rate(recording):
    return 60 / intervals(recording).mean()


def sdnn_and_rmssd(rr):
    return 1000 * rr.std(), 1000 * np.sqrt(np.mean(np.diff(rr) ** 2))


def same(first, second):
    return all(
        np.array_equal(getattr(first, name), getattr(second, name))
        for name in ("samples", "noise", "respiration", "r_times")
    )


# Returned recordings


@pytest.mark.slow
def test_design_of_the_paper(cohort):
    assert [(r.subject, r.activity) for r in cohort] == [
        (f"S{subject:02d}", activity) for subject in range(1, 16) for activity in ACTIVITIES
    ]
    for recording in cohort:
        assert recording.session == "1"
        assert recording.sampling_rate == 1000
        for values in (recording.samples[0], recording.noise, recording.respiration):
            assert values.shape == (180_000,)
            assert values.dtype == np.float64
            assert np.isfinite(values).all()


def test_r_times_are_the_peaks_of_the_heart(cohort):
    for recording in cohort:
        heart = recording.samples[0] - recording.noise
        for time in recording.r_times[1:-1]:
            centre = round(time * 1000)
            top = centre - 60 + np.argmax(heart[centre - 60 : centre + 61])
            assert abs(top - centre) <= 1


def test_a_detector_finds_the_beats_through_the_noise(cohort):
    found = expected = 0
    for recording in cohort:
        band = signal.butter(2, (8, 25), "bandpass", fs=1000, output="sos")
        slope = np.abs(signal.sosfiltfilt(band, recording.samples[0]))
        energy = signal.sosfiltfilt(signal.butter(2, 8, fs=1000, output="sos"), slope)
        height = 0.4 * np.quantile(energy, 0.97)
        peaks = signal.find_peaks(energy, height=height, distance=280)[0] / 1000
        nearest = np.abs(peaks[:, None] - recording.r_times).min(axis=0)
        found += np.count_nonzero(nearest < 0.05)
        expected += len(recording.r_times)
    assert found / expected > 0.97


# Reproducible


def test_bits_do_not_depend_on_the_number_of_threads():
    threads = torch.get_num_threads()
    try:
        torch.set_num_threads(1)
        alone = simulate_cohort(subjects=3, seconds=10, seed=5)
        torch.set_num_threads(3)
        together = simulate_cohort(subjects=3, seconds=10, seed=5)
    finally:
        torch.set_num_threads(threads)
    assert all(map(same, alone, together))


def test_python_threads_do_not_disturb_each_other():
    expected = simulate_cohort(subjects=2, seconds=10)
    results = [None] * 4

    def work(index):
        results[index] = simulate_cohort(subjects=2, seconds=10)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        assert all(map(same, result, expected))


def test_the_default_seed_is_zero():
    default, zero = simulate_cohort(1, seconds=10), simulate_cohort(1, seconds=10, seed=0)
    assert all(map(same, default, zero))


def test_another_seed_is_another_cohort():
    first, second = (simulate_cohort(subjects=1, seconds=10, seed=seed) for seed in (0, 2**64 - 1))
    assert not any(map(same, first, second))


def test_a_recording_does_not_depend_on_the_others():
    small = simulate_cohort(subjects=1, seconds=10)
    large = simulate_cohort(subjects=3, seconds=10, activities=ACTIVITIES[::-1])
    assert all(map(same, small, large[2::-1]))


# Physiology


def test_rate_and_variability_per_activity(cohort):
    rates = {activity: [mean_rate(r) for r in of(cohort, activity)] for activity in ACTIVITIES}
    assert 60 < np.mean(rates["rest"]) < 80
    assert abs(np.mean(rates["deep_breathing"]) - np.mean(rates["rest"])) < 5
    assert np.mean(rates["exercise"]) > np.mean(rates["rest"]) + 15

    rmssd = {a: [sdnn_and_rmssd(intervals(r))[1] for r in of(cohort, a)] for a in ACTIVITIES}
    assert np.mean(rmssd["exercise"]) < 0.5 * np.mean(rmssd["rest"])
    assert np.mean(rmssd["deep_breathing"]) > 1.2 * np.mean(rmssd["rest"])


def test_a_three_second_slice_is_ambiguous(cohort):
    """The heart rate of some people in late recovery is below that of others at rest."""
    rest = [mean_rate(r) for r in of(cohort, "rest")]
    late = [60 / intervals(r)[-20:].mean() for r in of(cohort, "exercise")]
    assert min(late) < max(rest)
    early = [60 / intervals(r)[:20].mean() for r in of(cohort, "exercise")]
    assert all(np.subtract(early, late) > 5)


def test_deep_breathing_takes_ten_seconds_and_moves_the_rate(cohort):
    swings = []
    for recording in of(cohort, "deep_breathing"):
        slow = recording.respiration[::100]
        peaks = signal.find_peaks(slow, prominence=0.3)[0] / 10
        assert np.diff(peaks).mean() == pytest.approx(10, rel=0.05)
        rate = 60 / intervals(recording)
        breaths = np.digitize(recording.r_times[1:], peaks)
        swings.append(np.mean([np.ptp(rate[breaths == breath]) for breath in range(1, len(peaks))]))
    assert 12 < np.mean(swings) < 30
    assert min(swings) > 5


def test_qt_follows_rate(cohort):
    """In each person, the T wave of the mean beat comes earlier in recovery than at rest."""

    def t_peak(recording):
        heart = recording.samples[0] - recording.noise
        starts = [round(t * 1000) for t in recording.r_times if 20 < t < 178]
        beat = np.mean([heart[start : start + 400] for start in starts], axis=0)
        return 150 + np.argmax(beat[150:])

    for rest, exercise in zip(of(cohort, "rest"), of(cohort, "exercise"), strict=True):
        rates = mean_rate(exercise) / mean_rate(rest)
        assert t_peak(exercise) / t_peak(rest) == pytest.approx(rates ** (-1 / 3), abs=0.05)


def test_mains_interference_has_the_requested_frequency():
    def tone(recording, frequency):
        spectrum = np.abs(np.fft.rfft(recording.noise)) / len(recording.noise)
        centre = round(frequency * len(recording.noise) / recording.sampling_rate)
        return spectrum[centre - 2 : centre + 3].max()

    at_50, at_60, none = (
        simulate_cohort(subjects=1, activities=["rest"], seconds=20, mains_frequency=mains)[0]
        for mains in (50, 60, None)
    )
    assert tone(at_50, 50) > 5 * tone(none, 50)
    assert tone(at_60, 60) > 5 * tone(none, 60)
    assert tone(at_50, 60) < 2 * tone(none, 60)


# Comparison with real recordings

# wfdb 4.3 passes a keyword to pandas that pandas deprecates.
reads_wfdb = pytest.mark.filterwarnings("ignore:The inplace keyword")


@reads_wfdb
def test_resting_rate_lies_within_that_of_ecg_id(cohort, ecg_id_folder):
    import wfdb

    real = []
    for record in sorted(ecg_id_folder.glob("Person_*/rec_1.hea")):
        marks = wfdb.rdann(str(record.with_suffix("")), "atr")
        beats = marks.sample[np.array(marks.symbol) == "N"]
        real.append(60 / np.median(np.diff(beats) / 500))
    ours = [mean_rate(recording) for recording in of(cohort, "rest")]
    assert min(ours) > np.min(real)
    assert max(ours) < np.max(real)
    low, high = np.quantile(real, (0.1, 0.9))
    assert low < np.median(ours) < high


def test_recovery_lies_between_arm_movement_and_running(cohort, motion_folder):
    rates = defaultdict(list)
    with open(motion_folder / "manifest.csv", newline="") as manifest:
        for row in csv.DictReader(manifest):
            rates[row["activity"]].append(float(row["hr_median_bpm"]))
    real = {activity: np.mean(values) for activity, values in rates.items()}
    ours = {a: np.mean([mean_rate(r) for r in of(cohort, a)]) for a in ACTIVITIES}
    rise = ours["exercise"] - ours["rest"]
    assert real["arms"] - real["rest"] < rise < real["run"] - real["rest"]
    assert max(mean_rate(r) for r in cohort) < max(rates["run"])


def test_variability_at_rest_lies_within_that_of_normal_rhythm(cohort, mitdb_folder):
    marks = defaultdict(list)
    with open(mitdb_folder / "annotations.csv", newline="") as annotations:
        for row in csv.DictReader(annotations):
            if row["symbol"] not in "+~|":
                marks[row["record"]].append((int(row["sample_in_excerpt"]) / 360, row["symbol"]))
    real = []
    for beats in marks.values():
        times, symbols = zip(*beats, strict=True)
        if set(symbols) == {"N"}:
            real.append(sdnn_and_rmssd(np.diff(times)))
    low, high = np.quantile(real, (0.0, 1.0), axis=0)
    ours = np.array([sdnn_and_rmssd(intervals(r)) for r in of(cohort, "rest")])
    assert len(real) >= 8
    assert (low < np.median(ours, axis=0)).all()
    assert (np.median(ours, axis=0) < high).all()
    assert (ours < high * 1.2).all()


BANDS = (0.5, 5, 10, 15, 25, 40)  # Hz


def band_fractions(samples, sampling_rate):
    """Return the fraction of the power between 0.5 and 40 Hz in each band."""
    highpass = signal.butter(4, 0.5, "highpass", fs=sampling_rate, output="sos")
    frequency, power = signal.welch(
        signal.sosfiltfilt(highpass, samples), sampling_rate, nperseg=int(4 * sampling_rate)
    )
    band = np.digitize(frequency, BANDS)
    powers = np.array([power[band == index].sum() for index in range(1, len(BANDS))])
    return powers / powers.sum()


@pytest.mark.slow
@reads_wfdb
def test_spectrum_lies_within_that_of_real_leads(cohort, ecg_id_folder, motion_folder):
    import wfdb

    real = [
        band_fractions(wfdb.rdrecord(str(record.with_suffix(""))).p_signal[:, 0], 500)
        for record in sorted(ecg_id_folder.glob("Person_*/rec_1.hea"))
    ]
    with np.load(motion_folder / "ctu_motion_ecg.npz") as arrays:
        real += [
            band_fractions(arrays[name].astype(float), 500)
            for name in arrays.files
            if name.startswith("signal") and "_rest_" in name
        ]
    ours = [band_fractions(recording.samples[0], 1000) for recording in cohort]
    low, high = np.quantile(real, (0.1, 0.9), axis=0)
    assert (low < np.median(ours, axis=0)).all()
    assert (np.median(ours, axis=0) < high).all()
    assert (np.min(ours, axis=0) > np.min(real, axis=0)).all()
    assert (np.max(ours, axis=0) < np.max(real, axis=0)).all()


# Difficulty


def paper_segments(recording):
    """Return segments (60, 300), preprocessed as in the paper but with SciPy."""
    x = signal.sosfiltfilt(
        signal.butter(4, 0.5, "highpass", fs=1000, output="sos"), recording.samples[0]
    )
    x = signal.resample_poly(signal.filtfilt(*signal.iirnotch(60, 30, fs=1000), x), 1, 10)
    return ((x - x.min()) / np.ptp(x)).reshape(60, 300)


def simple_features(segment):
    """Return the log spectrum, moments, the median beat, and mean and spread of the rate."""
    spectrum = np.abs(np.fft.rfft(segment - segment.mean()))[1:121].reshape(40, 3).mean(axis=1)
    energy = np.convolve(np.gradient(segment) ** 2, np.ones(8) / 8, "same")
    rough = signal.find_peaks(energy, height=0.3 * np.quantile(energy, 0.99), distance=35)[0]
    window = np.arange(-8, 9)
    peaks = [p + window[np.argmax(segment.take(p + window, mode="clip"))] for p in rough]
    beats = [segment[p - 30 : p + 45] for p in peaks if 30 <= p <= 255]
    rr = np.diff(peaks) if len(peaks) > 1 else np.array([80])
    return np.concatenate(
        [
            np.log(spectrum + 1e-3),
            [segment.mean(), segment.std(), segment.min(), segment.max()],
            np.median(beats, axis=0) if beats else np.zeros(75),
            [rr.mean(), rr.std(), np.ptp(rr), 1 / rr.mean()],
        ]
    )


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_a_linear_classifier_has_the_documented_accuracy(seed):
    """Compare with the documentation of simulate_cohort, in whole percent."""
    from sklearn.linear_model import RidgeClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    cohort = simulate_cohort(seed=seed)
    features = np.array([simple_features(s) for r in cohort for s in paper_segments(r)])
    position = np.tile(np.arange(60), len(cohort))
    train, test = position < 42, position > 42  # one segment between them is left out

    def percent(labels):
        labels = np.repeat(labels, 60)
        classifier = make_pipeline(StandardScaler(), RidgeClassifier(alpha=10))
        classifier.fit(features[train], labels[train])
        return round(100 * classifier.score(features[test], labels[test]))

    assert 85 <= percent([r.subject for r in cohort]) <= 93
    assert 65 <= percent([r.activity for r in cohort]) <= 72


# Illegal values


@pytest.mark.parametrize(
    ("wrong", "error", "text"),
    [
        ({"subjects": 0}, ValueError, "subjects must be an integer of at least 1"),
        ({"subjects": 10**30}, ValueError, "subjects must be an integer of at least 1"),
        ({"subjects": 10**12}, ValueError, "use fewer subjects"),
        ({"subjects": 1.5}, ValueError, "subjects must be an integer .* got 1.5"),
        ({"activities": ()}, ValueError, "choose from rest, exercise, deep_breathing"),
        ({"activities": ("run",)}, ValueError, "'run'; choose from rest, exercise, deep_br"),
        ({"activities": ("rest", "rest")}, ValueError, "twice"),
        ({"activities": "rest"}, TypeError, "sequence of names"),
        ({"activities": (1,)}, TypeError, "activities"),
        ({"seconds": 0}, ValueError, "seconds must lie between 1 and 3600 s, got 0"),
        ({"seconds": -5}, ValueError, "seconds"),
        ({"seconds": float("nan")}, ValueError, "seconds"),
        ({"seconds": float("inf")}, ValueError, "seconds"),
        ({"sampling_rate": 50}, ValueError, "sampling_rate must lie between 100 and 10000 Hz"),
        ({"sampling_rate": float("nan")}, ValueError, "sampling_rate"),
        ({"seed": -1}, ValueError, "seed must be an integer of at least 0"),
        ({"seed": 2**64}, ValueError, "seed must .* at most 18446744073709551615"),
        ({"seed": 0.5}, ValueError, "seed must be an integer"),
        ({"mains_frequency": 500}, ValueError, "below 500 Hz .* got 500; raise sampling_rate"),
        ({"mains_frequency": 0}, ValueError, "mains_frequency"),
        ({"mains_frequency": float("nan")}, ValueError, "mains_frequency"),
    ],
)
def test_bad_input(wrong, error, text):
    with pytest.raises(error, match=text):
        simulate_cohort(**wrong)


def test_the_smallest_cohort():
    (recording,) = simulate_cohort(1, ["rest"], seconds=1, sampling_rate=100, mains_frequency=None)
    assert recording.samples.shape == (1, 100)
