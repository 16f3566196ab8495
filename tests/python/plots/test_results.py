"""Reliability, error tradeoff, feature map, attention, signal and spectrum: the drawn data."""

import matplotlib

matplotlib.use("Agg")

import numpy as np
import pytest
import torch
from matplotlib import pyplot
from matplotlib.colors import to_rgb
from scipy.stats import norm
from sklearn.decomposition import PCA

from dt4ecg import biometrics, inference, metrics, nn, plots
from dt4ecg.datasets import Recording


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    pyplot.close("all")


def probabilities(n=200):
    rng = np.random.default_rng(0)
    found = rng.dirichlet([1, 0.5, 0.5], n)
    return found, np.array([rng.choice(3, p=row) for row in found])


def test_bars_are_the_accuracies_of_the_bins():
    found, truth = probabilities()
    ax = plots.reliability(found, truth, bins=5)
    confidence, right = found.max(1), found.argmax(1) == truth
    for bar in ax.patches:
        low = bar.get_x() + bar.get_width() / 2 - 0.1
        inside = (confidence > low) & (confidence <= low + 0.2)
        assert bar.get_height() == pytest.approx(right[inside].mean())
    errors = [line for line in ax.get_lines() if np.ptp(line.get_xdata()) == 0]
    n, k = int(inside.sum()), int(right[inside].sum())
    assert tuple(errors[-1].get_ydata()) == pytest.approx(metrics.wilson_interval(k, n))
    error = metrics.expected_calibration_error(found, truth, bins=5)
    assert ax.get_title() == f"Calibration error {error:.3f}"
    gaps = [
        abs(bar.get_height() - confidence[np.ceil(confidence * 5) - 1 == i].mean())
        * (np.ceil(confidence * 5) - 1 == i).mean()
        for bar, i in zip(ax.patches, range(5 - len(ax.patches), 5), strict=True)
    ]
    assert sum(gaps) == pytest.approx(error)


def test_det_is_on_normal_deviate_axes():
    rng = np.random.default_rng(1)
    same = np.arange(2000) % 4 == 0
    scores = rng.normal(size=2000) + 2 * same
    curve = metrics.det_curve(scores, same)
    ax = plots.det({"cosine": curve, "all": biometrics.curves(scores, same)})
    _, first, point, second, _ = ax.get_lines()
    np.testing.assert_array_equal(first.get_xdata(), second.get_xdata())
    inside = (curve.false_accept_rates > 1e-3) & (curve.false_reject_rates > 1e-3)
    shown = norm.cdf(first.get_xdata())[inside]
    np.testing.assert_allclose(shown, curve.false_accept_rates[inside])
    # Two normal distributions of one width, 2 apart, are a straight line with a slope of -1.
    middle = (curve.false_accept_rates > 0.02) & (curve.false_accept_rates < 0.5)
    slope = np.polyfit(first.get_xdata()[middle], first.get_ydata()[middle], 1)[0]
    assert slope == pytest.approx(-1, abs=0.15)
    equal = metrics.equal_error_rate(scores, same)
    assert norm.cdf(point.get_xdata()[0]) == pytest.approx(equal)
    assert ax.get_legend().get_texts()[0].get_text() == f"cosine, EER {equal:.1%}"
    with pytest.raises(ValueError, match="at least one"):
        plots.det({})


def test_the_map_shows_the_first_two_components():
    rng = np.random.default_rng(2)
    features, labels = rng.normal(size=(30, 6)) * [9, 5, 1, 1, 1, 1], ["a", "b", "c"] * 10
    ax = plots.embedding(features, labels)
    expected = PCA(2).fit_transform(features)
    drawn = np.concatenate([points.get_offsets() for points in ax.collections])
    order = np.concatenate([np.arange(i, 30, 3) for i in range(3)])
    np.testing.assert_allclose(drawn, expected[order], atol=1e-9)
    share = PCA(2).fit(features).explained_variance_ratio_[0]
    assert ax.get_xlabel() == f"component 1 ({share:.0%})"


def test_many_labels_are_written_into_the_map_and_differ_in_colour_or_marker():
    rng = np.random.default_rng(3)
    ax = plots.embedding(rng.normal(size=(60, 4)), [f"P{i % 30}" for i in range(60)])
    assert ax.get_legend() is None
    assert len(ax.texts) == 30
    looks = {
        (tuple(points.get_facecolor()[0]), points.get_paths()[0].vertices.tobytes())
        for points in ax.collections
    }
    assert len(looks) == 30


def test_tsne_keeps_groups_together():
    features = np.repeat(np.eye(3) * 50, 8, axis=0)
    features += np.random.default_rng(4).normal(size=features.shape)
    ax = plots.embedding(features, np.repeat(["a", "b", "c"], 8), method="tsne")
    groups = [points.get_offsets() for points in ax.collections]
    within = max(np.ptp(group, axis=0).max() for group in groups)
    centres = [group.mean(0) for group in groups]
    assert min(np.linalg.norm(centres[i] - centres[i - 1]) for i in range(3)) > within / 2


def test_sca_weights_are_the_factors_of_the_attention():
    network = nn.Network(seed=0, in_channels=2).eval()
    X = torch.as_tensor(np.random.default_rng(5).normal(size=(3, 2, 300)), dtype=torch.float32)
    found = inference.sca_weights(network, X)
    with torch.no_grad():
        features = network.backbone(X)
        expected = network.attention(features) / features
    product = found.channels[:, :, None] * found.steps[:, None]
    known = features.abs().numpy() > 1e-3
    np.testing.assert_allclose(product[known], expected.numpy()[known], rtol=1e-3)
    ax = plots.sca_weights(X[1], found, index=1)
    np.testing.assert_array_equal(ax.images[0].get_array()[0], found.steps[1])
    assert ax.images[0].get_extent()[:2] == [0, 3]


@pytest.mark.parametrize(
    ("network", "X", "message"),
    [
        (nn.Network(attention="se"), np.zeros((1, 1, 300)), "got 'se'"),
        (nn.Network(), np.zeros((1, 300)), r"\(n, 1, 300\)"),
        (nn.Network(), np.full((1, 1, 300), np.nan), "finite"),
        (torch.nn.Linear(2, 2), np.zeros((1, 1, 300)), "attention='sca'"),
    ],
)
def test_sca_weights_refuse_other_networks_and_segments(network, X, message):
    with pytest.raises(ValueError, match=message):
        inference.sca_weights(network, X)


def test_a_trace_is_the_stretch_with_gaps_at_lost_samples():
    samples = np.arange(1000.0)
    samples[130] = np.nan
    recording = Recording(np.stack([samples, -samples]), 100.0, name="$a$", units=("mV", "uV"))
    ax = plots.trace(recording, start=1, seconds=2, lead=1)
    (line,) = ax.get_lines()
    np.testing.assert_array_equal(line.get_ydata(), -samples[100:300])
    assert line.get_xdata()[[0, -1]] == pytest.approx([1.0, 2.99])
    assert (ax.get_title(), ax.get_ylabel()) == ("$a$", "uV")


def test_the_spectrum_is_that_of_welch_with_lost_samples_bridged():
    rate, time = 250.0, np.arange(5000) / 250
    samples = np.sin(2 * np.pi * 17 * time)
    samples[100:102] = np.nan
    (line, mark) = plots.spectrum(samples, rate, mains=50).get_lines()
    assert line.get_xdata()[line.get_ydata().argmax()] == 17
    assert line.get_ydata().max() == 0
    assert mark.get_xdata() == [50, 50]


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plots.trace(np.zeros(10)), "pass sampling_rate"),
        (lambda: plots.trace(np.zeros(10), 0), "above 0 Hz"),
        (lambda: plots.trace(np.zeros(10), 10, start=2), "outside the signal of 1.0 s"),
        (lambda: plots.trace(np.zeros(10), 10, lead=1), "no lead 1"),
        (lambda: plots.spectrum(np.ones(10), 10), "constant"),
        (lambda: plots.spectrum(np.full(10, np.nan), 10), "not finite"),
        (lambda: plots.embedding(np.ones((5, 2)), range(5)), "at least 3"),
        (lambda: plots.embedding(np.ones((5, 4)), range(4)), "5 segments"),
        (lambda: plots.embedding(np.eye(5), range(5), method="umap"), "pca, tsne"),
        (lambda: plots.reliability([[0.5, 0.6]], [0]), "not probabilities"),
    ],
)
def test_illegal_arguments(draw, message):
    with pytest.raises(ValueError, match=message):
        draw()


def contrast(colour, background):
    """The contrast ratio of WCAG 2."""

    def luminance(value):
        parts = np.array(to_rgb(value))
        parts = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(parts @ [0.2126, 0.7152, 0.0722])

    high, low = sorted([luminance(colour), luminance(background)], reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize(("style", "background"), [("default", "w"), ("dark_background", "k")])
def test_traces_texts_and_grids_are_legible_in_light_and_dark(style, background):
    rng = np.random.default_rng(6)
    found = inference.sca_weights(nn.Network(seed=0), np.zeros((1, 1, 300)))
    with pyplot.style.context(style):
        drawn = [
            plots.trace(rng.normal(size=1000), 100),
            plots.spectrum(rng.normal(size=1000), 100),
            plots.sca_weights(rng.normal(size=300), found),
            plots.reliability(*probabilities()),
            plots.embedding(rng.normal(size=(40, 4)), range(40)),
        ]
    for ax in drawn:
        lines = [line for line in ax.get_lines() if len(line.get_xdata())]
        assert all(contrast(line.get_color(), background) > 3 for line in lines)
        texts = [ax.title, ax.xaxis.label, *ax.texts]
        assert all(contrast(text.get_color(), background) > 4.5 for text in texts)
        grid = ax.xaxis.get_gridlines()
        assert all(contrast(line.get_color(), background) < 3 for line in grid)
