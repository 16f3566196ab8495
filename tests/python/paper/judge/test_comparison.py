"""Scores over seeds, and differences between two models."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from support.reproduced import result_of

from dt4ecg.metrics.bootstrap import resampled_means
from dt4ecg.paper.judge.comparison import compare, summarize


def random_results(n=120, recordings=12, seeds=3):
    """Return results of two models that differ between recordings and seeds."""
    rng = np.random.default_rng(0)
    recording = np.arange(n) % recordings
    models = []
    for mean in (0.8, 0.6):
        results = []
        for _ in range(seeds):
            chance = mean + 0.1 * rng.normal() + 0.2 * rng.normal(size=recordings)[recording]
            right = rng.random(n) < chance
            made = result_of(n, n)
            predicted = [
                label if good else 1 - label
                for label, good in zip(made.truth["identity"], right, strict=True)
            ]
            results.append(
                replace(made, recordings=recording.tolist(), predicted={"identity": predicted})
            )
        models.append(results)
    return models


def right_of(results):
    """Return whether each segment of each seed was right, as an array (seeds, n) of 0 and 1."""
    return np.array(
        [np.equal(one.truth["identity"], one.predicted["identity"]) for one in results], float
    )


def test_summary_pools_segments_and_spreads_over_seeds():
    found = summarize([result_of(9, 10), result_of(5, 10), result_of(7, 10)], "identity")
    assert (found.correct, found.n) == (21, 30)
    assert found.accuracy == pytest.approx(0.7)
    # The seeds test the same ten segments.
    interval = stats.binomtest(7, 10).proportion_ci(method="wilson")
    assert found.interval == pytest.approx((interval.low, interval.high))
    assert found.mean == pytest.approx(0.7)
    assert found.deviation == pytest.approx(0.2)
    assert summarize([result_of(9, 10)], "identity").deviation is None
    assert summarize([], "identity") is None


def test_summary_averages_the_other_scores_over_the_seeds():
    results = [result_of(35, 40), result_of(25, 40)]
    found = summarize(results, "identity")
    for name in ("precision", "recall", "f1", "f1_macro"):
        scores = [result.scores["identity"][name] for result in results]
        assert scores[0] != scores[1]
        assert getattr(found, name) == pytest.approx(sum(scores) / 2)


def test_summary_counts_distinct_segments_with_labels():
    first, second = result_of(7, 10), result_of(7, 10)
    first = replace(first, test=list(range(5, 15)))  # seeds that share segments 5 to 9
    found = summarize([first, second], "identity")
    assert found.interval == pytest.approx(wilson(0.7, 15))
    truth = [-1, -1, *first.truth["identity"][2:]]
    unlabelled = replace(first, truth={"identity": truth})
    assert summarize([unlabelled, second], "identity").interval == pytest.approx(wilson(0.7, 15))
    unlabelled = replace(first, truth={"identity": [*truth[:5], -1, *truth[6:]]})
    assert summarize([unlabelled, second], "identity").interval == pytest.approx(wilson(0.7, 14))


def wilson(p, n):
    """Return the interval of Wilson (1927) by its formula."""
    z = stats.norm.ppf(0.975)
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return centre - half, centre + half


def test_comparison_counts_each_segment_once():
    better, worse = result_of(10, 10), result_of(4, 10)
    found = compare([better, better], [worse, worse], "identity")
    assert found.difference == pytest.approx(0.6)
    assert (found.only_first, found.only_second) == (6, 0)
    assert found.p == pytest.approx(2 / 2**6)
    assert (found.seeds, found.recordings) == (2, 10)


def test_the_first_seed_that_tests_a_segment_counts():
    found = compare(
        [result_of(10, 10), result_of(0, 10)], [result_of(8, 10), result_of(10, 10)], "identity"
    )
    assert (found.only_first, found.only_second) == (2, 0)
    assert found.difference == pytest.approx((0.2 - 1.0) / 2)


def test_the_interval_draws_recordings_and_seeds():
    first, second = random_results()
    found = compare(first, second, "identity")
    difference = right_of(first) - right_of(second)  # (seeds, n)
    assert found.difference == pytest.approx(difference.mean())
    by_recording = difference.reshape(3, 10, 12).mean(axis=1)  # (seeds, recordings)
    rng = np.random.default_rng(1)
    means = [
        by_recording[rng.integers(0, 3, 3)][:, rng.integers(0, 12, 12)].mean() for _ in range(8000)
    ]
    assert found.interval == pytest.approx(np.quantile(means, [0.025, 0.975]), abs=0.01)
    segments_only = np.quantile(
        [rng.choice(difference.ravel(), 360).mean() for _ in range(2000)], [0.025, 0.975]
    )
    assert np.ptp(found.interval) > 1.3 * np.ptp(segments_only)


@pytest.mark.parametrize("among", [1, 2, 14, 40])
def test_the_corrected_interval_has_the_confidence_of_bonferroni(among):
    first, second = random_results()
    found = compare(first, second, "identity", among=among)
    difference = right_of(first) - right_of(second)
    means = resampled_means(
        np.tile(np.arange(120) % 12, 3), difference.ravel(), np.repeat(np.arange(3), 120)
    )
    low, high = found.corrected
    for beyond, up_to in (
        ((means < low).mean(), (means <= low).mean()),
        ((means > high).mean(), (means >= high).mean()),
    ):
        assert beyond - 1e-4 <= 0.025 / among <= up_to + 1e-4  # equal means lie on both sides
    assert found.among == among
    assert (found.corrected == found.interval) == (among == 1)
    if among > 1:
        assert found.corrected[0] < found.interval[0]
        assert found.corrected[1] > found.interval[1]


def test_the_interval_without_an_error_of_the_first_model():
    first, second = random_results()
    perfect = [result_of(120, 120)] * 3
    perfect = [replace(one, recordings=first[0].recordings) for one in perfect]
    found = compare(first, second, "identity")
    assert found.without_error == pytest.approx(compare(perfect, second, "identity").interval)
    assert found.without_error[0] > found.interval[0]


def test_segments_without_a_label_do_not_count():
    first, second = [result_of(10, 10)], [result_of(4, 10)]
    truth = {"identity": [-1, *first[0].truth["identity"][1:9], -1]}
    first = [replace(one, truth=truth) for one in first]
    second = [replace(one, truth=truth) for one in second]
    found = compare(first, second, "identity")
    assert found.difference == pytest.approx(5 / 8)  # segments 4 to 8 of 1 to 8
    assert (found.only_first, found.recordings) == (5, 8)


def test_comparison_needs_both_models_with_the_same_seeds():
    assert compare([], [], "identity") is None
    assert compare([result_of(1, 2)], [], "identity") is None
    assert compare([result_of(1, 2)], [result_of(1, 2)] * 2, "identity") is None
    assert compare([result_of(1, 2)], [result_of(1, 2)], "mood") is None
    with pytest.raises(ValueError, match="different segments"):
        compare([result_of(1, 2)], [result_of(1, 3)], "identity")
    other_labels = replace(result_of(1, 2), truth={"identity": [1, 1]})
    with pytest.raises(ValueError, match="different segments"):
        compare([result_of(1, 2)], [other_labels], "identity")
