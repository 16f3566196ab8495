"""Objects of other packages become recordings."""

import numpy as np
import pytest
import torch

import dt4ecg
from dt4ecg.io import Recording

X = np.random.default_rng(0).normal(size=(2, 500))


@pytest.mark.parametrize(
    "source",
    [X, X.astype(np.float32), X.tolist(), torch.tensor(X), torch.tensor(X, requires_grad=True)],
)
def test_arrays_and_tensors(source):
    recording = dt4ecg.read(source, 250)
    np.testing.assert_allclose(recording.samples, X, rtol=1e-6)
    assert (recording.sampling_rate, recording.rate_source) == (250.0, "argument")


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_becomes_single(dtype):
    samples = dt4ecg.read(torch.tensor(X).to(dtype), 250).samples
    assert samples.dtype == np.float32
    np.testing.assert_array_equal(samples, torch.tensor(X).to(dtype).float().numpy())


def test_masked_samples_are_lost():
    counts = np.ma.masked_equal(np.arange(500) % 7, 3)
    samples = dt4ecg.read(counts, 250).samples[0]
    np.testing.assert_array_equal(np.isnan(samples), counts.mask)
    np.testing.assert_array_equal(samples[~counts.mask], counts.compressed())


def test_a_column_is_one_lead():
    assert dt4ecg.read(X[:1].T, 250).samples.shape == (1, 500)


@pytest.mark.parametrize("module", ["pandas", "polars"])
def test_data_frames(module):
    frame = pytest.importorskip(module).DataFrame
    columns = {"resp": X[0], "ECG II": X[1], "note": ["a"] * 500}
    recording = dt4ecg.read(frame(columns), 250)
    np.testing.assert_array_equal(recording.samples, X[1:])
    assert recording.lead_names == ("ECG II",)
    with pytest.raises(ValueError, match="no column of the data frame holds real numbers"):
        dt4ecg.read(frame({"note": ["a"] * 500}), 250)


def test_a_column_of_times_gives_the_rate():
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    seconds = np.arange(500) / 250
    stamps = np.datetime64("2024-03-05T10:00:00", "ns") + (seconds * 1e9).astype("timedelta64[ns]")
    for frame in (
        pandas.DataFrame({"time": seconds, "ecg": X[0]}),
        polars.DataFrame({"time": seconds, "ecg": X[0]}),
        pandas.DataFrame({"ecg": X[0]}, index=stamps),
        polars.DataFrame({"stamp": stamps, "ecg": X[0]}),
    ):
        recording = dt4ecg.read(frame)
        assert recording.lead_names == ("ecg",)
        assert recording.sampling_rate == pytest.approx(250)
        assert recording.rate_source == "time column"
    pandas_frame = pandas.DataFrame({"ecg": X[0]})
    pandas_frame.attrs["fs"] = 128
    assert dt4ecg.read(pandas_frame).rate_source == "attribute fs"


@pytest.mark.parametrize(
    ("values", "name"),
    [
        (np.arange(500) / 250, None),
        (np.arange(500) / 250, "x"),
        (np.arange(500) * 4.0, "t [ms]"),
        (np.arange(500) * 4, "time_ms"),
        ((np.arange(500) * 4).astype("timedelta64[ms]"), None),
    ],
)
def test_an_index_of_times_is_the_clock(values, name):
    pandas = pytest.importorskip("pandas")
    values = np.concatenate([values[:300], values[300:] + (values[-1] - values[0])])
    frame = pandas.DataFrame({"ecg": X[0]}, index=pandas.Index(values, name=name))
    recording = dt4ecg.read(frame)
    assert (recording.sampling_rate, recording.gaps) == (pytest.approx(250), (300,))
    assert (recording.lead_names, recording.rate_source) == (("ecg",), "time column")
    frame.attrs["fs"] = 500
    with pytest.raises(ValueError, match=r"the attribute fs states 500 Hz, and .* gives 250 Hz"):
        dt4ecg.read(frame)


@pytest.mark.parametrize("values", [np.arange(500), np.arange(500.0), np.arange(500) % 7 / 2])
def test_another_index_is_no_clock(values):
    frame = pytest.importorskip("pandas").DataFrame({"ecg": X[0]}, index=values)
    assert dt4ecg.read(frame, 128).sampling_rate == 128.0
    with pytest.raises(ValueError, match="the sampling rate is not in the file"):
        dt4ecg.read(frame)


@pytest.mark.parametrize("zone", [None, "Europe/Berlin"])
def test_times_of_pandas_show_gaps(zone):
    pandas = pytest.importorskip("pandas")
    times = pandas.date_range("2024-03-31 01:59:59", periods=500, freq="4ms")
    times = times[:300].append(times[300:] + pandas.Timedelta("20s"))
    times = times.tz_localize("UTC").tz_convert(zone) if zone else times
    for source in (
        pandas.DataFrame({"ecg": X[0]}, index=times),
        pandas.DataFrame({"when": times, "ecg": X[0]}),
        pandas.Series(X[0], index=times, name="ecg"),
    ):
        recording = dt4ecg.read(source)
        assert (recording.sampling_rate, recording.gaps) == (250.0, (300,))


def test_xarray():
    array = pytest.importorskip("xarray").DataArray(
        X.T, dims=["time", "lead"], coords={"lead": ["I", "II"]}, attrs={"fs": 250, "units": "mV"}
    )
    recording = dt4ecg.read(array)
    np.testing.assert_array_equal(recording.samples, X)
    assert (recording.lead_names, recording.units) == (("I", "II"), ("mV", "mV"))
    assert (recording.sampling_rate, recording.rate_source) == (250.0, "attribute fs")
    assert dt4ecg.read(array[:, 1]).samples.shape == (1, 500)
    with pytest.raises(ValueError, match=r"must have one or two dimensions, got \('day', 'time'"):
        dt4ecg.read(array.expand_dims("day"))
    clock = array.drop_attrs().assign_coords(time=np.arange(500) / 128)
    assert dt4ecg.read(clock).sampling_rate == 128.0


def test_mne():
    mne = pytest.importorskip("mne")
    info = mne.create_info(["Fp1", "chest"], 100.0, ["eeg", "ecg"])
    raw = mne.io.RawArray(X * 1e-3, info, verbose=False)
    notes = mne.Annotations([0, 2, 3], [2, 0, 1], ["rest", "BAD boundary", "run"])
    recording = dt4ecg.read(raw.set_annotations(notes))
    np.testing.assert_array_equal(recording.samples, X[1:] * 1e-3)
    assert recording.lead_names == ("ECG chest",)
    assert recording.gaps == (200,)
    assert [(one.start, one.stop, one.label) for one in recording.labels] == [
        (0, 2, "rest"),
        (3, 4, "run"),
    ]


def test_bad_spans_of_mne_are_lost_and_no_activities():
    mne = pytest.importorskip("mne")
    raw = mne.io.RawArray(X * 1e-3, mne.create_info(["I", "II"], 100.0, "ecg"), verbose=False)
    notes = mne.Annotations([0, 3], [5, 1], ["rest", "BAD_noise"])
    recording = dt4ecg.read(raw.set_annotations(notes))
    assert [one.label for one in recording.labels] == ["rest"]
    np.testing.assert_array_equal(np.flatnonzero(np.isnan(recording.samples[0])), range(300, 400))
    np.testing.assert_array_equal(raw.get_data(), X * 1e-3)


@pytest.mark.parametrize(
    ("onset", "duration", "lost"), [(0, 0.5, 50), (0, 0, 0), (4.5, 0.5, 50), (0, 5, 500)]
)
def test_a_bad_span_may_begin_or_end_with_the_recording(onset, duration, lost):
    mne = pytest.importorskip("mne")
    raw = mne.io.RawArray(X * 1e-3, mne.create_info(["I", "II"], 100.0, "ecg"), verbose=False)
    recording = dt4ecg.read(raw.set_annotations(mne.Annotations([onset], [duration], ["bad"])))
    (found,) = set(np.isnan(recording.samples).sum(axis=1).tolist())
    assert found == lost
    if 0 < lost < X.shape[1]:
        assert np.isnan(recording.samples[0, 0 if onset == 0 else -1])


def test_a_recording_keeps_its_facts():
    first = Recording(X, 250, "Anna", lead_names=["I", "II"], units=["mV", "uV"], gaps=(100,))
    second = dt4ecg.read(first, leads="ii", gaps=[200], activity="rest")
    np.testing.assert_array_equal(second.samples, X[1:])
    assert (second.subject, second.activity) == ("Anna", "rest")
    assert (second.lead_names, second.units, second.gaps) == (("II",), ("uV",), (100, 200))
    with pytest.raises(ValueError, match="states 500 Hz"):
        dt4ecg.read(first, 500)


@pytest.mark.parametrize(
    ("source", "error", "text"),
    [
        (np.zeros((2, 3, 4)), ValueError, "shape"),
        (X.T[:, :2], ValueError, "transpose it"),
        (np.array(["a"]), TypeError, "real numbers"),
        (object(), TypeError, "real numbers, got object"),
        (X.astype(complex), TypeError, "real numbers"),
    ],
)
def test_other_objects_are_refused(source, error, text):
    with pytest.raises(error, match=text):
        dt4ecg.read(source, 250)


def test_a_rate_is_needed_and_must_agree():
    with pytest.raises(ValueError, match="the sampling rate is not in the file"):
        dt4ecg.read(X)
    for rate in (0, -1, np.inf):
        with pytest.raises(ValueError, match="sampling_rate"):
            dt4ecg.read(X, rate)
