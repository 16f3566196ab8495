"""The study of pre-training continues where it stopped, and scores as the challenge does."""

import numpy as np
import pytest
from benchmarks.pretraining import evaluation
from benchmarks.pretraining.cells import Cells
from sklearn.metrics import f1_score


def test_finished_cells_are_kept(tmp_path):
    path = tmp_path / "cells.json"
    cells = Cells(path)
    cells.add("trained", "scratch", 0.1, 1, np.array([0, 3, 1]), 7)
    cells.add("trained", "scratch", 0.1, 0, np.array([2, 2, 2]))
    again = Cells(path)
    assert again.has("trained", "scratch", 0.1, 1)
    assert not again.has("trained", "scratch", 1.0, 1)
    assert not again.has("frozen", "scratch", 0.1, 1)
    assert [c["seed"] for c in again.of("trained", "scratch", 0.1)] == [0, 1]
    assert again.of("trained", "scratch", 0.1)[1]["predicted"] == [0, 3, 1]


def test_noise_is_predicted_but_not_scored():
    labels = np.array([0, 0, 1, 2, 3])
    predicted = np.array([0, 3, 1, 0, 3])
    # N: precision 1/2, recall 1/2; A: 1; O: 0.
    assert evaluation.macro_f1(labels, predicted) == pytest.approx((0.5 + 1 + 0) / 3)
    labels, predicted = np.random.default_rng(0).integers(4, size=(2, 200))
    expected = f1_score(labels, predicted, labels=[0, 1, 2], average="macro")
    assert evaluation.macro_f1(labels, predicted) == pytest.approx(expected)


def test_the_interval_over_seeds_is_that_of_student():
    # mean 2, standard error 1 / sqrt(3), and 4.3027 is the quantile of two degrees of freedom
    expected = 2 + np.array([-1, 1]) * 4.3027 / np.sqrt(3)
    assert evaluation.t_interval([1.0, 2.0, 3.0]) == pytest.approx(expected, abs=1e-3)


def test_the_interval_of_equal_arms_is_zero():
    labels = np.arange(40) % 4
    low, high = evaluation.interval(labels, [labels], [labels])
    assert low == high == 0
    low, high = evaluation.interval(labels, [labels], [np.roll(labels, 1)])
    assert low > 0.5
