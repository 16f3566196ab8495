"""Others' methods: fitted on training rows alone, each segment predicted by itself."""

import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from dt4ecg.paper import comparators, plan
from dt4ecg.paper.comparators import COMPARATORS
from dt4ecg.paper.comparators.features import autocorrelation, spectrum, statistics
from dt4ecg.paper.comparators.images import Colours, Spectrogram
from dt4ecg.paper.comparators.metric_learning import multi_similarity_loss
from dt4ecg.paper.comparators.setting import Setting
from dt4ecg.paper.design import published, tables
from dt4ecg.paper.design.sources import segments
from dt4ecg.paper.run.compute import compute

RATE = 100.0
SETTING = Setting(RATE, seed=0, epochs=12)


@pytest.fixture(scope="module")
def waves():
    """Three kinds of noisy waves, easy to tell apart: (60, 1, 120) and their names."""
    rng = np.random.default_rng(0)
    kinds = np.arange(60) % 3
    time = np.arange(120) / RATE
    x = np.sin(2 * np.pi * np.array([2, 5, 11])[kinds][:, None] * time + rng.random((60, 1)) * 6)
    x += 0.2 * rng.normal(size=x.shape)
    return x[:, None].astype(np.float32), np.array(["a", "b", "c"])[kinds]


@pytest.fixture(scope="module", autouse=True)
def small_ensembles():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dt4ecg.paper.comparators.neighbours._TRIALS", 1)
        yield


def test_the_table_is_the_papers():
    assert [work.comparator for work in published.TABLE_II] == list(COMPARATORS)
    assert all(COMPARATORS[work.comparator].task == work.task for work in published.TABLE_II)


@pytest.mark.parametrize("name", COMPARATORS)
def test_learns_and_predicts_each_segment_by_itself(waves, name):
    if COMPARATORS[name].missing():
        pytest.skip(COMPARATORS[name].missing())
    X, y = waves
    fit = COMPARATORS[name].fit
    predict = fit(X[:42], y[:42], SETTING)
    predicted = predict(X[42:])
    assert (predicted == y[42:]).mean() > 0.8
    alone = [predict(X[i : i + 1])[0] for i in range(42, 60)]
    assert alone == predicted.tolist()
    again = fit(X[:42], y[:42], SETTING)(X[42:])
    assert again.tolist() == predicted.tolist()


@pytest.mark.parametrize("work", published.TABLE_II, ids=lambda work: work.comparator)
def test_only_training_rows_are_seen_before_the_test(work, monkeypatch):
    laid_out = plan(preset="quick", seeds=1)
    data = segments(laid_out.source)
    seen = []

    def fit(X, y, setting):
        seen.append((X, y, setting))

        def predict(X):
            seen.append(X)
            return np.full(len(X), y[0])

        return predict

    entry = COMPARATORS[work.comparator]
    monkeypatch.setitem(COMPARATORS, work.comparator, replace(entry, fit=fit, module=""))
    row = tables.table_ii(laid_out).rows[published.TABLE_II.index(work)]
    (cell,) = row.cells
    result = compute(cell)
    (X, y, setting), tested = seen
    train = np.setdiff1d(np.arange(len(data)), result.test)
    np.testing.assert_array_equal(X, data.X[train])
    np.testing.assert_array_equal(tested, data.X[result.test])
    column = data.tasks.index(work.task)
    np.testing.assert_array_equal(y, data.labels[train, column].astype(str))
    assert setting.sampling_rate == pytest.approx(100.0)
    assert result.n_train == len(train)
    assert set(result.scores) == {work.task}


def test_without_the_package_the_row_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr(comparators.importlib.util, "find_spec", lambda name: None)
    row = tables.table_ii(plan(preset="quick", seeds=1)).rows[1]
    assert row.cells == ()
    assert row.note == 'not installed: pip install "dt4ecg[comparators]"'
    monkeypatch.setitem(sys.modules, "PyEMD", None)
    with pytest.raises(ImportError, match="dt4ecg\\[comparators\\]"):
        COMPARATORS["eemd_knn"].fit(np.zeros((2, 1, 64)), np.array(["a", "b"]), SETTING)


def test_statistics_against_scipy(waves):
    from scipy import stats

    x = waves[0].astype(float)
    found = statistics(x).reshape(60, 2, 12)
    for i, signal in enumerate((x[:, 0], np.diff(x[:, 0]))):
        expected = (
            signal.mean(1),
            signal.std(1),
            stats.skew(signal, axis=1),
            stats.kurtosis(signal, axis=1, fisher=False),
        )
        np.testing.assert_allclose(found[:, i, :4], np.stack(expected, 1), rtol=1e-9)
        np.testing.assert_allclose(found[:, i, 8], np.median(signal, axis=1))


def test_spectrum_and_autocorrelation_find_the_rhythm():
    time = np.arange(300) / RATE
    x = np.sin(2 * np.pi * 10 * time)[None, None]
    assert spectrum(x, RATE).argmax() in (5, 6)  # bands of 1.67 Hz
    r = np.correlate(x[0, 0], x[0, 0], "full")[299:]
    lags = np.linspace(1, 100, 40).round().astype(int)
    np.testing.assert_allclose(autocorrelation(x - x.mean(), RATE)[0], (r / r[0])[lags], atol=1e-9)


def test_flat_segments_have_finite_features():
    flat = np.zeros((2, 2, 300))
    for features in (statistics(flat), spectrum(flat, RATE), autocorrelation(flat, RATE)):
        assert np.isfinite(features).all()
        assert len(features) == 2


def test_pictures():
    x = torch.linspace(0, 1, 10).reshape(1, 1, 10)
    picture = Colours(0.0, 1.0)(x)
    assert picture.shape == (1, 3, 4, 4)
    red, green, blue = picture[0].flatten(1)
    assert (red[9], blue[9], red[0], blue[0]) == (1, 0, 0, 1)
    assert green[:10].argmax() in (4, 5)
    assert (picture.flatten(2)[:, :, 10:] == 0).all()
    assert Spectrogram(64, 8)(torch.zeros(2, 1, 300)).shape == (2, 1, 33, 30)


def test_multi_similarity_loss_against_its_definition():
    """Of Wang et al. (CVPR 2019), pair by pair."""
    rng = np.random.default_rng(1)
    points = rng.normal(size=(12, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    labels = np.arange(12) % 4
    s = points @ points.T
    total = 0.0
    for i in range(12):
        positives = [s[i, j] for j in range(12) if labels[j] == labels[i] and j != i]
        negatives = [s[i, j] for j in range(12) if labels[j] != labels[i]]
        kept_positives = [p for p in positives if p < max(negatives) + 0.1]
        kept_negatives = [n for n in negatives if n > min(positives) - 0.1]
        total += np.log(1 + sum(np.exp(-2 * (p - 0.5)) for p in kept_positives)) / 2
        total += np.log(1 + sum(np.exp(50 * (n - 0.5)) for n in kept_negatives)) / 50
    found = multi_similarity_loss(torch.from_numpy(points), torch.from_numpy(labels))
    assert float(found) == pytest.approx(total / 12)
