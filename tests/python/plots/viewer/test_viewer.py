"""The viewer: what it sends, what it shows, and how it behaves in a browser."""

import json
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dt4ecg import DT4ECGClassifier, Preprocessor, datasets
from dt4ecg.io import Interval, Recording
from dt4ecg.plots.viewer.decimation import decimated
from dt4ecg.plots.viewer.ribbons import merged

pytest.importorskip("plotly", reason='pip install "dt4ecg[viewer]"')
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@given(
    n=st.integers(1, 400),
    points=st.integers(2, 60),
    seed=st.integers(0, 99),
    lost=st.floats(0, 0.9),
)
def test_no_peak_is_lost_and_times_belong_to_their_samples(n, points, seed, lost):
    rng = np.random.default_rng(seed)
    samples = rng.normal(size=n)
    samples[rng.random(n) < lost] = np.nan
    times, values = decimated(samples, 100.0, points)
    assert len(values) <= points
    index = np.round(times * 100).astype(int)
    np.testing.assert_array_equal(values, samples[index])
    assert (np.diff(index) >= 0).all()
    if np.isfinite(samples).any():
        assert np.nanmax(values) == np.nanmax(samples)
        assert np.nanmin(values) == np.nanmin(samples)
    else:
        assert np.isnan(values).all()


@pytest.mark.parametrize("gap", [3, 250, 517, 999])
def test_a_lost_sample_breaks_the_line_of_fewer_points(gap):
    samples = np.sin(np.arange(1000.0))
    samples[gap] = np.nan
    times, values = decimated(samples, 1.0, 60)
    assert len(values) <= 60
    assert times[np.isnan(values)].tolist() == [gap]
    assert np.isfinite(values).sum() == 40


def test_padding_is_no_gap():
    _, values = decimated(np.append(np.arange(99.0), [np.nan, 5, 6]), 1.0, 12)
    assert np.isnan(values).sum() == 1


def test_a_stretch_that_fits_is_sent_as_it_is():
    times, values = decimated(np.arange(100.0), 10.0, 20, first=50, last=60)
    np.testing.assert_array_equal(values, np.arange(50, 60))
    np.testing.assert_allclose(times, np.arange(5, 6, 0.1))


def test_too_many_stretches_become_the_most_frequent_label_of_each_part():
    labels = ["a", "b", "a", "a"] * 25 + ["b", "a", "b", "b"] * 25
    assert len(merged(np.arange(200), 1, labels)) > 100
    found = merged(np.arange(200), 1, labels, most=50)
    assert [tuple(part) for part in found] == [(0.0, 100.0, "a"), (100.0, 200.0, "b")]


@pytest.fixture(scope="module")
def recording():
    (simulated,) = datasets.simulate_cohort(
        subjects=1, activities=("rest",), seconds=60, sampling_rate=250, seed=0
    )
    samples = simulated.samples[0].copy()
    samples[5000:7500] = 0  # 20 s to 30 s
    samples[14000] = np.nan
    return Recording(
        np.stack([-samples, samples]),
        250.0,
        gaps=(10_000,),
        name="<b>anna</b>",
        units=("uV", "mV"),
        labels=(Interval(0, 30, "activity", "rest"), Interval(30, 55, "activity", "<i>run</i>")),
    )


def by_name(figure):
    return {trace.name: trace for trace in figure.data}


@pytest.mark.filterwarnings("ignore:transform")
def test_signals_labels_and_quality_are_shown(recording):
    figure = recording.plot(lead=1)
    shown = by_name(figure)
    assert list(shown) == [
        "raw",
        "filtered",
        "rest",
        "&lt;i&gt;run&lt;/i&gt;",
        "usable",
        "unusable",
    ]
    raw, filtered = shown["raw"], shown["filtered"]
    expected = recording.samples[1].astype(float).copy()
    expected[10_000] = np.nan  # the line is broken at a gap
    np.testing.assert_array_equal(raw.y, expected)
    np.testing.assert_allclose(raw.x, np.arange(15_000) / 250)
    assert np.isnan(filtered.y[[10_000, 14_000]]).all()
    assert np.isfinite(filtered.y).sum() == 14_998
    assert (shown["rest"].base, shown["rest"].x) == ((0.0,), (30.0,))
    # The line without a heart beat from 20 s to 30 s fills three segments.
    assert (shown["unusable"].base, shown["unusable"].x) == ((21.0,), (9.0,))
    assert figure.layout.yaxis.title.text == "raw (mV)"
    assert figure.layout.title.text == "&lt;b&gt;anna&lt;/b&gt;"
    colours = [trace.marker.color for trace in figure.data[2:]]
    assert len(set(colours)) == 4
    assert figure.layout.shapes[0].x0 == 40.0  # the gap


def test_the_filtered_signal_is_that_of_the_preprocessor(recording):
    (clean,) = datasets.simulate_cohort(
        subjects=1, activities=("rest",), seconds=12, sampling_rate=250, seed=0
    )
    pre = Preprocessor(notch=None, normalize=None, segment_seconds=12, target_rate=None)
    filtered = by_name(clean.plot(preprocessor=pre, quality=False))["filtered"]
    np.testing.assert_allclose(filtered.y, pre.transform(clean)[0, 0], atol=1e-6)


def test_predictions_are_a_ribbon_for_each_task():
    recordings = datasets.simulate_cohort(subjects=2, seconds=30, sampling_rate=250)
    data = datasets.from_recordings(recordings)
    model = DT4ECGClassifier(epochs=1, preprocessor=data.preprocessor, n_threads=1)
    model.fit(data.X, data.labels)
    figure = recordings[0].plot(model)
    ribbons = {trace.y[0] for trace in figure.data[2:]}
    assert ribbons == {"activity", "identity, predicted", "activity, predicted", "quality"}
    found = model.predict_recording(recordings[0])
    total = {}
    for trace in figure.data[2:]:
        if trace.y[0] == "identity, predicted":
            total[trace.name] = sum(trace.x)
    names, counts = np.unique(found.labels[:, 0].astype(str), return_counts=True)
    assert total == pytest.approx(dict(zip(names, counts * 3.0, strict=True)))

    # The preprocessor of the plot filters; the model cuts with its own.
    longer = Preprocessor(segment_seconds=6)
    other = recordings[0].plot(model, preprocessor=longer, quality=False)
    assert {trace.y[0] for trace in other.data[2:]} == ribbons - {"quality"}
    ends = [
        (trace.base[-1] + trace.x[-1])
        for trace in other.data[2:]
        if trace.y[0] == "identity, predicted"
    ]
    assert max(ends) == pytest.approx(30)


def test_a_long_recording_sends_few_points():
    hours = Recording(np.random.default_rng(0).normal(size=3 * 3600 * 50), 50.0)
    figure = hours.plot(quality=False, points=4000, preprocessor=Preprocessor(notch=None))
    assert all(len(trace.x) <= 4000 for trace in figure.data)
    assert len(figure.to_json()) < 500_000
    assert figure.layout.xaxis.range == (0, 3 * 3600 / 15)


def test_a_widget_sends_the_visible_part_in_detail():
    pytest.importorskip("anywidget", reason='pip install "dt4ecg[viewer]"')
    samples = np.arange(30_000.0)
    widget = Recording(samples, 100.0).plot(quality=False, points=1000, live=True)
    assert len(widget.data[0].x) <= 1000
    widget.layout.xaxis.range = [100, 102]
    np.testing.assert_allclose(widget.data[0].x[[0, -1]], [100, 102.01])
    np.testing.assert_array_equal(widget.data[0].y, samples[10_000:10_202])


def test_illegal_arguments(recording, monkeypatch):
    with pytest.raises(ValueError, match="no lead 2"):
        recording.plot(lead=2)
    with pytest.raises(ValueError, match="points"):
        recording.plot(points=1)
    with pytest.raises(ValueError, match="no preprocessor"):
        recording.plot(model=DT4ECGClassifier())
    monkeypatch.setitem(sys.modules, "plotly.graph_objects", None)
    with pytest.raises(ImportError, match=r'pip install "dt4ecg\[viewer\]"'):
        recording.plot()


SCRIPT = """
const plot = document.getElementById("{plot_id}");
Plotly.relayout(plot, {"xaxis.range": [40, 45]}).then(() => {
  const count = selector => plot.querySelectorAll(selector).length;
  document.title = JSON.stringify({
    range: plot._fullLayout.xaxis3.range, lines: count(".scatterlayer .trace"),
    bars: count(".barlayer .point"), sliders: count(".rangeslider-container"),
    bold: count("svg b, svg i"), text: plot.textContent,
  });
});
"""


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:transform")
def test_a_browser_draws_and_moves_the_figure(recording, tmp_path):
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        pytest.skip("no browser: apt-get install chromium")
    page = tmp_path / "viewer.html"
    recording.plot(lead=1).write_html(page, post_script=SCRIPT)
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=10000")
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    done = subprocess.run(
        [browser, *options, profile, "--dump-dom", page.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
    )
    title = re.search(r"<title>(.*?)</title>", done.stdout)
    assert title, done.stderr[-2000:]
    found = json.loads(title[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
    assert found["range"] == [40, 45]  # all axes moved together
    assert (found["lines"], found["sliders"]) == (2, 1)
    assert found["bars"] >= 4
    assert found["bold"] == 0
    for text in ("<b>anna</b>", "<i>run</i>", "unusable", "raw (mV)", "time (s)"):
        assert text in found["text"]
