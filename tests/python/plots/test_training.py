"""Curves of several trainings, and the norms of gradients."""

import matplotlib

matplotlib.use("Agg")

import numpy as np
import pytest
from matplotlib import pyplot

from dt4ecg import plots


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    pyplot.close("all")


def history(seed, epochs=4, tasks=("identity", "activity")):
    rng = np.random.default_rng(seed)
    values = {"loss": rng.random((epochs, 2)), "accuracy": rng.random((epochs, 2))}
    return {
        "tasks": tasks,
        "epoch": np.arange(1, epochs + 1),
        "train": values,
        "validation": None if seed == 9 else values,
        "weight": rng.random((epochs, 2)),
        "gradient_norm": rng.random((epochs, 2)) + 0.5,
    }


@pytest.mark.parametrize(
    ("draw", "values"),
    [
        (plots.training_curves, lambda run: run["train"]["accuracy"]),
        (plots.task_weights, lambda run: run["weight"]),
        (plots.gradient_norms, lambda run: run["gradient_norm"]),
    ],
)
def test_several_runs_give_their_mean_and_a_band_from_the_lowest_to_the_highest(draw, values):
    runs = [history(0), history(1), history(2, epochs=6)]
    ax = draw(runs)
    stacked = np.stack([values(run)[:4] for run in runs])
    line = ax.get_lines()[1]
    np.testing.assert_allclose(line.get_ydata(), stacked.mean(0)[:, 1])
    np.testing.assert_array_equal(line.get_xdata(), [1, 2, 3, 4])
    band = ax.collections[1].get_paths()[0].vertices
    assert band[:, 1].min() == pytest.approx(stacked[:, :, 1].min())
    assert band[:, 1].max() == pytest.approx(stacked[:, :, 1].max())
    assert ax.collections[1].get_facecolor()[0, :3] == pytest.approx(
        matplotlib.colors.to_rgb(line.get_color())
    )


def test_one_run_in_a_list_is_drawn_as_itself():
    one, alone = plots.task_weights([history(0)]), plots.task_weights(history(0))
    assert not one.collections
    for line, other in zip(one.get_lines(), alone.get_lines(), strict=True):
        np.testing.assert_array_equal(line.get_ydata(), other.get_ydata())


def test_a_part_that_a_run_lacks_is_not_drawn():
    labels = [line.get_label() for line in plots.training_curves([history(0), history(9)]).lines]
    assert labels == ["identity, training", "activity, training"]


def test_runs_of_different_tasks_are_refused():
    with pytest.raises(ValueError, match="different tasks"):
        plots.task_weights([history(0), history(1, tasks=("identity", "age"))])
    with pytest.raises(ValueError, match="at least one history"):
        plots.gradient_norms([])


@pytest.mark.parametrize(("smallest", "scale"), [(1.0, "linear"), (1e-3, "log")])
def test_norms_of_a_wide_range_have_a_logarithmic_axis(smallest, scale):
    given = history(0) | {"gradient_norm": np.array([[1.0, 2.0], [smallest, 1.0]])}
    given["epoch"] = [1, 2]
    assert plots.gradient_norms(given).get_yscale() == scale


def test_norms_of_zero_are_drawn():
    given = history(0) | {"gradient_norm": np.zeros((4, 2))}
    assert plots.gradient_norms(given).get_yscale() == "linear"
