"""A segment drawn with the map that explains its prediction."""

import matplotlib
import numpy as np
import pytest
import torch

from dt4ecg import plots
from dt4ecg.inference.explain import Attribution

matplotlib.use("Agg")
X = np.random.default_rng(0).standard_normal((3, 2, 50))
MAPS = np.random.default_rng(1).random((3, 50)).astype(np.float32)
FOUND = Attribution(MAPS, "activity", np.array(["rest", "$x$", "run"]), MAPS[:, 0], "grad_cam")


@pytest.fixture(autouse=True)
def closed():
    yield
    matplotlib.pyplot.close("all")


def test_segment_and_map():
    ax = plots.attribution(X, FOUND, 1, sampling_rate=100)
    assert [len(line.get_xdata()) for line in ax.get_lines()] == [50, 50]
    np.testing.assert_allclose(ax.get_lines()[0].get_xdata(), np.arange(50) / 100)
    first = ax.get_lines()[1].get_ydata()  # the first lead is on top
    np.testing.assert_allclose(np.corrcoef(first, X[1, 0])[0, 1], 1)
    np.testing.assert_array_equal(ax.get_images()[0].get_array(), MAPS[1:2])
    assert ax.get_title() == f"activity $x$ ({MAPS[1, 0]:.2f}), grad cam"
    assert ax.get_xlabel() == "time (s)"


def test_plain_maps_on_given_axes():
    ax = matplotlib.pyplot.subplots()[1]
    given = torch.tensor(X[:, 0], requires_grad=True)
    assert plots.attribution(given, torch.from_numpy(MAPS), ax=ax, simulated=True) is ax
    assert (ax.get_xlabel(), ax.get_title()) == ("sample", "Attribution (simulated data)")
    plots.attribution(np.ones((1, 50)), MAPS[:1])  # a flat segment


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"found": MAPS[:, :9]}, "segments"),
        ({"X": X[0, 0]}, "segments"),
        ({"index": 3}, "index must be"),
        ({"sampling_rate": 0}, "sampling_rate must be"),
    ],
)
def test_illegal_arguments(more, message):
    with pytest.raises(ValueError, match=message):
        plots.attribution(**{"X": X, "found": FOUND, **more})
