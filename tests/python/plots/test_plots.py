"""The data, labels and titles of the plots; nothing about their look."""

from dataclasses import replace

import matplotlib

matplotlib.use("Agg")

import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.colors import to_rgb
from support.ecg_sets import cohort

from dt4ecg import Preprocessor, plots
from dt4ecg.datasets import Recording, from_recordings
from dt4ecg.metrics import report

TASKS = ("identity", "activity")


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    pyplot.close("all")


def history(epochs=5, validation=True):
    rng = np.random.default_rng(0)
    scores = {"loss": rng.random((epochs, 2)), "accuracy": rng.random((epochs, 2))}
    return {
        "tasks": ("identity", "activity"),
        "epoch": np.arange(1, epochs + 1),
        "train": scores,
        "validation": scores if validation else None,
        "weight": rng.random((epochs, 2)),
    }


@pytest.mark.parametrize("quantity", ["accuracy", "loss"])
@pytest.mark.parametrize("validation", [True, False])
def test_training_curves_show_each_task_and_part(quantity, validation):
    given = history(validation=validation)
    ax = plots.training_curves(given, quantity)
    lines = {line.get_label(): line for line in ax.get_lines()}
    expected = [f"{task}, training" for task in TASKS]
    expected += [f"{task}, validation" for task in TASKS] * validation
    assert list(lines) == expected
    assert (lines["activity, training"].get_ydata() == given["train"][quantity][:, 1]).all()
    assert (lines["identity, training"].get_xdata() == given["epoch"]).all()
    dashes = {line.get_linestyle() for name, line in lines.items() if "training" in name}
    assert dashes == {"-"}
    if validation:
        assert lines["identity, validation"].get_linestyle() == "--"
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", quantity)
    assert ax.get_title() == f"{quantity.capitalize()} by epoch"
    assert ax.get_ylim()[0] == 0
    assert (ax.get_ylim()[1] == 1.02) == (quantity == "accuracy")


def test_one_epoch_is_a_visible_point():
    (line, _) = plots.training_curves(history(1, validation=False)).get_lines()
    assert line.get_marker() == "o"


def test_a_task_keeps_its_colour_in_every_plot():
    curves = plots.training_curves(history()).get_lines()
    weights = plots.task_weights(history()).get_lines()
    assert curves[0].get_color() == curves[2].get_color() == weights[0].get_color()
    assert weights[0].get_color() != weights[1].get_color()


def test_confusion_matrix_prints_counts_and_colours_shares():
    scores = report([0, 0, 0, 1], [0, 0, 1, 1], ["rest", "run"])["label"]
    ax = plots.confusion_matrix(scores)
    cells = {text.get_position(): text.get_text() for text in ax.texts}
    assert cells == {(0, 0): "2", (1, 0): "1", (1, 1): "1"}
    np.testing.assert_allclose(ax.images[0].get_array(), [[2 / 3, 1 / 3], [0, 1]])
    assert [label.get_text() for label in ax.get_xticklabels()] == ["rest", "run"]
    assert ax.get_title() == f"Accuracy {scores}"
    colours = {text.get_position(): to_rgb(text.get_color()) for text in ax.texts}
    # Text is white on the dark cells of more than half of a class.
    assert colours == {(0, 0): (1, 1, 1), (1, 0): (0, 0, 0), (1, 1): (1, 1, 1)}
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted", "true")


def test_confusion_matrix_takes_counts_and_many_classes():
    assert plots.confusion_matrix(np.eye(3, dtype=int), "abc").get_title() == "Confusion matrix"
    assert len(plots.confusion_matrix(np.eye(25, dtype=int)).texts) == 25
    for n, step in ((26, 2), (50, 2), (51, 3), (90, 4)):
        ax = plots.confusion_matrix(np.eye(n, dtype=int))
        assert not ax.texts
        assert ax.get_xticks().tolist() == list(range(0, n, step))
        shown = [label.get_text() for label in ax.get_yticklabels()]
        assert shown == [str(i) for i in range(0, n, step)]


@pytest.mark.parametrize(("n", "points"), [(2, 9), (10, 9), (15, 6), (25, 5)])
def test_counts_of_many_classes_are_small_but_legible(n, points):
    ax = plots.confusion_matrix(np.eye(n, dtype=int))
    assert {text.get_fontsize() for text in ax.texts} == {points}
    assert {label.get_fontsize() for label in ax.get_xticklabels()} == {points + 1}


@pytest.mark.parametrize("epochs", [1, 2, 3, 50])
def test_ticks_of_epochs_are_integers(epochs):
    ticks = plots.training_curves(history(epochs)).get_xticks()
    assert len(ticks) >= 1
    np.testing.assert_array_equal(ticks, np.round(ticks))


def test_a_grid_lies_behind_lines_but_not_on_a_matrix():
    curves = plots.training_curves(history())
    assert curves.yaxis.get_gridlines()[0].get_visible()
    assert curves.get_axisbelow() is True
    (width,) = {line.get_linewidth() for line in curves.get_lines()}
    assert curves.yaxis.get_gridlines()[0].get_linewidth() <= width / 3
    assert not plots.confusion_matrix(np.eye(2)).yaxis.get_gridlines()[0].get_visible()
    segments = plots.segments(cohort())
    assert segments.xaxis.get_gridlines()[0].get_visible()
    assert not segments.yaxis.get_gridlines()[0].get_visible()


def test_the_colours_are_those_of_okabe_and_ito():
    """The reference is their page "Color Universal Design", in parts of 255."""
    published = [(0, 114, 178), (213, 94, 0), (0, 158, 115), (204, 121, 167), (230, 159, 0)]
    published.append((86, 180, 233))
    tasks = [str(i) for i in range(7)]
    given = history() | {"tasks": tasks, "weight": np.ones((5, 7))}
    drawn = [to_rgb(line.get_color()) for line in plots.task_weights(given).get_lines()]
    np.testing.assert_allclose(np.array(drawn) * 255, [*published, published[0]], atol=1e-9)


def test_half_of_a_class_is_not_dark():
    (left, right) = plots.confusion_matrix(np.array([[1, 1], [0, 0]])).texts
    assert to_rgb(left.get_color()) == to_rgb(right.get_color()) == (0, 0, 0)


def test_segments_draw_one_trace_of_each_class():
    data = cohort()
    ax = plots.segments(data, per_class=2, task="identity")
    assert len(ax.get_lines()) == 8
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["00", "00", "01", "01", "02", "02", "03", "03"]
    # Each trace fills 0.85 of its row, from the top: a ramp in this set.
    for row, line in enumerate(ax.get_lines()):
        bottom = 7 - row
        assert (line.get_ydata()[0], line.get_ydata()[-1]) == pytest.approx((bottom, bottom + 0.85))
        assert bottom < ax.get_yticks()[row] < bottom + 0.85  # the name is next to its trace
    assert ax.get_lines()[0].get_color() == ax.get_lines()[1].get_color()
    assert ax.get_lines()[1].get_color() != ax.get_lines()[2].get_color()
    time = ax.get_lines()[0].get_xdata()
    assert (time[0], time[-1]) == (0, pytest.approx(3.0 - 1 / 20))


def test_segments_are_those_of_the_class_chosen_by_the_seed():
    data = cohort()
    data.X[:] = np.random.default_rng(0).normal(size=data.X.shape)

    def drawn(**options):
        return [line.get_ydata() for line in plots.segments(data, **options).get_lines()]

    for row, trace in enumerate(drawn(seed=3)):
        scaled = (trace - trace.min()) / np.ptp(trace)
        ours = data.X[:, 0]
        ours = (ours - ours.min(1, keepdims=True)) / np.ptp(ours, axis=1, keepdims=True)
        (index,) = np.flatnonzero(np.isclose(ours, scaled, atol=1e-5).all(axis=1))
        assert data.y[index, 1] == row  # one row for each activity
    np.testing.assert_array_equal(drawn(), drawn(seed=0))
    assert any(
        (first != second).any() for first, second in zip(drawn(), drawn(seed=1), strict=True)
    )


def test_the_time_axis_is_the_length_of_a_segment():
    data = cohort()
    late = data[data.meta["start"] > 0]
    assert plots.segments(late).get_xlim() == (0, pytest.approx(3.0))


def test_segments_without_start_times_are_drawn_by_sample():
    data = cohort()
    unknown = np.full(len(data), np.nan)
    ax = plots.segments(replace(data, meta=data.meta | {"start": unknown, "stop": unknown}))
    assert ax.get_xlim() == (0, data.X.shape[2])
    assert ax.get_xlabel() == "sample"


def test_a_history_may_have_validation_only():
    given = history() | {"train": None}
    lines = plots.training_curves(given).get_lines()
    assert [line.get_label() for line in lines] == [f"{task}, validation" for task in TASKS]


def test_a_class_with_few_segments_repeats_them():
    data = cohort(subjects=1, activities=("rest",), sessions=("e1",), segments=2)
    assert len(plots.segments(data, per_class=2).get_lines()) == 2
    assert len(plots.segments(data, per_class=5).get_lines()) == 5


def test_preprocessing_stages_are_those_of_the_preprocessor():
    samples = np.random.default_rng(0).normal(size=5000)
    recording = Recording(samples, 500.0, "a", name="01_rest")
    ax = plots.preprocessing_stages(recording, Preprocessor(notch=50), start=1, seconds=4)
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["raw", "notch\n50 Hz", "high-pass\n0.5 Hz", "at 100 Hz"]
    assert len(ax.get_lines()[0].get_ydata()) == 400
    assert len(ax.get_lines()[-1].get_ydata()) == 2000
    assert [int(tick) for tick in ax.get_yticks()] == [3, 2, 1, 0]  # each name is in its row
    raw = ax.get_lines()[-1].get_ydata() - 3  # the fourth row from below
    cut = samples[500:2500]
    np.testing.assert_allclose(raw, 0.85 * (cut - cut.min()) / np.ptp(cut), atol=1e-12)
    assert ax.get_lines()[0].get_xdata()[[0, -1]] == pytest.approx([1.0, 4.99])
    assert ax.get_xlim() == (1, 5)
    assert ax.get_title() == "Preprocessing of 01_rest"
    default = plots.preprocessing_stages(recording, Preprocessor(notch=50))
    assert default.get_xlim() == (0, 6)
    bare = Preprocessor(highpass=None, notch=None, target_rate=None)
    assert len(plots.preprocessing_stages(recording, bare).get_lines()) == 1


@pytest.mark.parametrize("zero_phase", [True, False])
def test_the_last_stage_is_what_the_preprocessor_cuts(zero_phase):
    samples = np.random.default_rng(0).normal(size=5000)
    preprocessor = Preprocessor(
        highpass=2, highpass_order=1, notch=50, notch_quality=3, normalize=None, segment_seconds=8
    ).set_params(zero_phase=zero_phase, settle=zero_phase)
    ax = plots.preprocessing_stages(Recording(samples, 500.0, "a"), preprocessor, seconds=8)
    expected = preprocessor.transform(samples, 500.0)[0, 0]
    drawn = ax.get_lines()[0].get_ydata() / 0.85  # each trace fills 0.85 of its row
    # The causal resampler of the preprocessor has another transient than that of the plot.
    tolerance = 1e-9 if zero_phase else 1e-3
    scaled = (expected - expected.min()) / np.ptp(expected)
    np.testing.assert_allclose(drawn, scaled, atol=tolerance, rtol=0)


@pytest.mark.parametrize(
    "draw",
    [
        lambda **k: plots.training_curves(history(), **k),
        lambda **k: plots.task_weights(history(), **k),
        lambda **k: plots.confusion_matrix(np.eye(2, dtype=int), **k),
        lambda **k: plots.segments(cohort(), **k),
        lambda **k: plots.preprocessing_stages(
            Recording(np.zeros(1000), 100.0, "a"), Preprocessor(notch=None), **k
        ),
    ],
)
def test_plots_draw_on_the_axes_they_are_given(draw):
    ax = pyplot.figure().add_subplot()
    assert draw(ax=ax, title="Title") is ax
    assert ax.get_title() == "Title"
    assert len(pyplot.get_fignums()) == 1
    assert draw().figure is not ax.figure


def test_titles_mark_simulated_data():
    assert plots.task_weights(history(), simulated=True).get_title() == (
        "Task weights (simulated data)"
    )
    scores = report([0], [0])["label"]
    assert plots.confusion_matrix(scores, simulated=True).get_title().endswith("\n(simulated data)")
    for width, separator in ((40, " "), (41, "\n")):
        title = plots.task_weights(history(), title="x" * width, simulated=True).get_title()
        assert title == "x" * width + separator + "(simulated data)"
    data = cohort()
    object.__setattr__(data, "simulated", True)
    assert "(simulated data)" in plots.segments(data).get_title()


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plots.training_curves(history(), "f1"), "'accuracy' or 'loss', got 'f1'"),
        (lambda: plots.task_weights(history(), "abc"), "for 5 epochs and 3 tasks"),
        (lambda: plots.confusion_matrix(np.zeros((2, 3))), "got \\(2, 3\\)"),
        (lambda: plots.confusion_matrix(np.eye(2), "abc"), "3 class names"),
        (
            lambda: plots.preprocessing_stages(
                Recording(np.arange(1000.0), 100.0, "a"), Preprocessor(notch=None), start=10
            ),
            "starts at 10 s of 10.0 s",
        ),
        (lambda: plots.segments(cohort(), task="age"), "there are identity, activity"),
        (lambda: plots.segments(cohort(activities=(None,))), "no segment has a label of activity"),
    ],
)
def test_illegal_arguments(draw, message):
    with pytest.raises(ValueError, match=message):
        draw()


def test_task_weights_are_lines_above_0():
    weight = np.array([[1.0, 1.0], [1.2, 0.8], [1.5, 0.5]])
    ax = plots.task_weights(history(3) | {"weight": weight})
    assert [line.get_label() for line in ax.get_lines()] == list(TASKS)
    assert (ax.get_lines()[1].get_ydata() == [1.0, 0.8, 0.5]).all()
    assert ax.get_ylim()[0] == 0


HOSTILE = [r"$\frac$", "a$b$c", "\x1b[31mred", "a\nb\tc", "x" * 500]
SHOWN = [r"$\frac$", "a$b$c", r"\x1b[31mred", r"a\x0ab\x09c", "x" * 23 + "…"]


def drawn(ax):
    """Draw the figure, which raises an exception for a formula that cannot be parsed."""
    ax.figure.canvas.draw()
    return ax


@pytest.mark.filterwarnings("error")
def test_labels_of_a_confusion_matrix_are_shown_as_they_are():
    ax = drawn(plots.confusion_matrix(np.eye(5, dtype=int), HOSTILE, title=r"$\frac$ \x1b"))
    for axis in (ax.xaxis, ax.yaxis):
        labels = axis.get_ticklabels()
        assert [label.get_text() for label in labels] == SHOWN
        assert not any(label.get_parse_math() for label in labels)
    assert ax.get_title() == r"$\frac$ \x1b"
    assert ax.bbox.width > 50  # pixels


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("plot", [plots.training_curves, plots.task_weights])
def test_tasks_of_a_history_are_shown_as_they_are(plot):
    ax = drawn(plot(history() | {"tasks": HOSTILE[:2]}))
    texts = ax.get_legend().get_texts()
    assert all(text.get_text().startswith(SHOWN[i % 2]) for i, text in enumerate(texts))
    assert not any(text.get_parse_math() for text in texts)


def test_names_of_segments_and_recordings_are_shown_as_they_are():
    samples = np.random.default_rng(0).normal(size=3000)
    recording = Recording(samples, 250.0, subject="Ann", activity="a$b$c", name=r"$\frac$")
    data = from_recordings([recording], name="$_{$\n")
    ax = drawn(plots.segments(data))
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a$b$c"]
    assert ax.get_title() == r"Segments of $_{$\x0a"
    ax = drawn(plots.preprocessing_stages(recording, Preprocessor()))
    assert ax.get_title() == r"Preprocessing of $\frac$"
