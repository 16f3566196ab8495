"""Weightings that combine gradients, against TorchJD, SciPy and the definition of each method."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize

from dt4ecg import weighting as weightings

NAMES = ("pcgrad", "mgda", "cagrad", "imtl_g", "nash_mtl", "aligned_mtl")
MAY_BE_NEGATIVE = ("imtl_g", "aligned_mtl")


def jacobian(tasks: int, seed: int, conflict: float = 0.0) -> np.ndarray:
    """Gradients in rows; a larger conflict turns them further away from the first."""
    found = np.random.default_rng(seed).standard_normal((tasks, 12))
    found[1:] -= conflict * found[0]
    return found


def weights_of(rule, gram: np.ndarray) -> np.ndarray:
    rule = weightings.get(rule)
    return rule(np.ones(len(gram)), gram, weightings.State([4] * len(gram))).astype(float)


jacobians = st.builds(
    jacobian, st.integers(2, 6), st.integers(0, 10**6), st.sampled_from([0.0, 0.5, 2.0])
)


# TorchJD is compared by the combined gradient. Our weights are float32.


def torchjds(name: str, J: np.ndarray, **parameters) -> np.ndarray:
    aggregation = pytest.importorskip("torchjd").aggregation
    return getattr(aggregation, name)(**parameters)(torch.from_numpy(J)).numpy()


many = pytest.mark.parametrize(
    ("tasks", "seed", "conflict"), list(itertools.product((2, 3, 5), range(4), (0.0, 1.0)))
)


@many
def test_mgda_is_torchjds(tasks, seed, conflict):
    J = jacobian(tasks, seed, conflict)
    expected = torchjds("MGDA", J, epsilon=1e-7, max_iters=20_000)  # Frank-Wolfe: slow to converge
    np.testing.assert_allclose(weights_of("mgda", J @ J.T) @ J / tasks, expected, atol=5e-3)


@many
def test_imtl_g_is_torchjds(tasks, seed, conflict):
    J = jacobian(tasks, seed, conflict)
    weights = weights_of("imtl_g", J @ J.T)
    scaled = weights / weights.sum()
    np.testing.assert_allclose(scaled @ J, torchjds("IMTLG", J), rtol=1e-4, atol=1e-5)


@many
def test_aligned_mtl_is_torchjds(tasks, seed, conflict):
    J = jacobian(tasks, seed, conflict)
    expected = tasks * torchjds("AlignedMTL", J)
    np.testing.assert_allclose(weights_of("aligned_mtl", J @ J.T) @ J, expected, atol=1e-5)


@pytest.mark.parametrize("seed", range(8))
def test_pcgrad_of_pairs_is_torchjds(seed):
    """If each gradient conflicts with one other, the order has no effect."""
    pairs = np.zeros((5, 18))
    for pair in range(2):
        pairs[2 * pair : 2 * pair + 2, 6 * pair : 6 * pair + 6] = jacobian(2, seed, 1.0)[:, :6]
    pairs[4, 12:] = 1
    for J in (pairs, jacobian(2, seed, 1.0)):
        found = weights_of("pcgrad", J @ J.T) @ J
        np.testing.assert_allclose(found, torchjds("PCGrad", J), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("seed", range(8))
def test_pcgrad_of_three_is_torchjds_in_one_order(seed, monkeypatch):
    J = jacobian(3, seed, 2.0)
    found = weights_of(weightings.PCGrad(seed=seed), J @ J.T) @ J
    expected = []
    for orders in itertools.product(itertools.permutations(range(3)), repeat=3):
        left = iter(orders)
        monkeypatch.setattr(torch, "randperm", lambda _, left=left: torch.tensor(next(left)))
        expected.append(torchjds("PCGrad", J))
    assert min(np.abs(found - e).max() for e in expected) < 1e-5


def test_pcgrad_draws_its_orders_from_seed_and_step():
    J = jacobian(3, 0, 2.0)
    state, rule = weightings.State([4] * 3), weightings.PCGrad()
    seen = {tuple(rule(np.ones(3), J @ J.T, state)) for _ in range(200)}
    assert len(seen) > 1
    again = weightings.State([4] * 3)
    assert seen == {tuple(rule(np.ones(3), J @ J.T, again)) for _ in range(200)}


# SciPy solves these, because TorchJD needs cvxpy for them.


@many
def test_cagrad_is_scipys_optimum(tasks, seed, conflict):
    J = jacobian(tasks, seed, conflict)
    mean, c = J.mean(0), 0.4
    found = weights_of(weightings.CAGrad(c), J @ J.T) @ J / tasks
    # The variables are the direction d and its smallest gain, which is to be largest.
    best = optimize.minimize(
        lambda v: -v[-1],
        np.append(mean, (J @ mean).min()),
        jac=lambda v: np.append(np.zeros(J.shape[1]), -1.0),
        constraints=[
            {  # each gain is at least the smallest
                "type": "ineq",
                "fun": lambda v: J @ v[:-1] - v[-1],
                "jac": lambda v: np.column_stack([J, -np.ones(tasks)]),
            },
            {  # d is in the ball around the mean gradient
                "type": "ineq",
                "fun": lambda v: c**2 * mean @ mean - ((v[:-1] - mean) ** 2).sum(),
                "jac": lambda v: np.append(-2 * (v[:-1] - mean), 0.0),
            },
        ],
        method="SLSQP",
        options={"maxiter": 500, "ftol": 1e-10},
    )
    assert best.success
    np.testing.assert_allclose((J @ found).min(), best.x[-1], rtol=1e-5)
    np.testing.assert_allclose(found, best.x[:-1], atol=1e-5)


@many
def test_nash_mtl_is_scipys_root(tasks, seed, conflict):
    J = jacobian(tasks, seed, conflict)
    gram = J @ J.T
    best = optimize.minimize(
        lambda v: np.exp(v) @ gram @ np.exp(v) / 2 - v.sum(), np.zeros(tasks), method="BFGS"
    )
    root = np.exp(best.x)
    np.testing.assert_allclose(weights_of("nash_mtl", gram), root * tasks / root.sum(), rtol=1e-3)


# Definitions of the methods


@given(jacobians)
def test_mgda_is_the_shortest(J):
    gram = J @ J.T
    weights = weights_of("mgda", gram) / len(J)
    assert min(weights) >= 0
    assert weights.sum() == pytest.approx(1, rel=1e-6)
    # It is the shortest: no gradient lies behind the plane through it.
    length = weights @ gram @ weights
    assert (gram @ weights).min() >= length - 1e-5 * gram.max()


@given(jacobians, st.floats(0, 0.95))
def test_cagrad_is_in_the_ball_and_best(J, c):
    tasks, gram = len(J), J @ J.T
    weights = weights_of(weightings.CAGrad(c), gram)
    mean, direction = J.mean(0), weights @ J / tasks
    radius = c * np.linalg.norm(mean)
    assert np.linalg.norm(direction - mean) <= radius * (1 + 1e-5) + 1e-6
    # It is the best: the dual problem has the same value at these weights.
    simplex = weights - 1
    if c > 0.01:
        simplex = simplex / simplex.sum()
        dual = simplex @ J @ mean + radius * np.linalg.norm(simplex @ J)
        assert (J @ direction).min() == pytest.approx(dual, abs=1e-3 * gram.max())


def test_cagrad_without_a_radius_is_none():
    J = jacobian(3, 0)
    np.testing.assert_array_equal(weights_of(weightings.CAGrad(0), J @ J.T), np.ones(3))


@given(jacobians)
def test_imtl_g_projects_equally(J):
    weights = weights_of("imtl_g", J @ J.T)
    projections = J @ (weights @ J) / np.linalg.norm(J, axis=1)
    size = np.abs(weights[:, None] * J).sum()
    np.testing.assert_allclose(projections, projections.mean(), atol=1e-6 * size)
    assert projections.mean() > 0
    assert np.abs(weights).sum() == pytest.approx(len(J), rel=1e-6)


@given(jacobians)
def test_nash_mtl_bargains(J):
    gram = J @ J.T
    weights = weights_of("nash_mtl", gram)
    assert min(weights) > 0
    gains = weights * (gram @ weights)  # 1 at the paper's scale
    np.testing.assert_allclose(gains, gains.mean(), rtol=1e-3)


@given(jacobians, st.integers(-6, 6))
def test_aligned_mtl_is_the_sum_of_aligned_gradients(J, exponent):
    J = J * 10.0**exponent
    U, values, V = np.linalg.svd(J, full_matrices=False)
    aligned = values.min() * U @ V
    assert np.linalg.cond(aligned) == pytest.approx(1)
    found = weights_of("aligned_mtl", J @ J.T) @ J
    np.testing.assert_allclose(found, aligned.sum(0), rtol=1e-3, atol=1e-4 * values.min())


@pytest.mark.parametrize("name", ["imtl_g", "nash_mtl"])
@given(st.integers(0, 10**6), st.floats(-8, 8))
def test_two_tasks_get_gradients_of_one_length(name, seed, exponent):
    J = jacobian(2, seed, 0.5) * [[1], [10.0**exponent]]
    lengths = weights_of(name, J @ J.T) * np.linalg.norm(J, axis=1)
    assert lengths[0] == pytest.approx(lengths[1], rel=1e-5)


# Degenerate gradients


a, b, zero = np.eye(3)[0], np.eye(3)[1], np.zeros(3)
DEGENERATE = {
    "one task": [a],
    "equal": [a, a],
    "equal up to rounding": [a, a + 1e-9 * b],
    "collinear": [a, 3 * a, 1e-3 * a],
    "opposite": [a, -a],
    "opposite and another": [a, -a, b],
    "collinear and opposite": [a, a, -0.5 * a],
    "sum to zero": [a, b, -a - b],
    "one zero": [a, zero, b],
    "all but one zero": [zero, a, zero],
    "far apart": [1e20 * a, 1e-20 * (a + b)],
    "far apart in conflict": [1e20 * a, 1e-20 * (b - a), a],
    "huge": [1e20 * a, 1e20 * (b - a)],
    "tiny": [1e-20 * a, 1e-20 * (b - a)],
    "more tasks than dimensions": list(jacobian(6, 1)[:, :3]),
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("case", DEGENERATE)
def test_degenerate_gradients(name, case):
    J = np.array(DEGENERATE[case])
    weights = weights_of(name, J @ J.T)
    assert np.isfinite(weights).all()
    assert np.linalg.norm(weights @ J) <= 3 * len(J) * np.abs(J).max()
    if name not in MAY_BE_NEGATIVE:
        assert min(weights) >= 0
    gains = J @ (weights @ J)
    assert gains.sum() >= -1e-5 * np.abs(J).max() ** 2 * len(J)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("exponent", [-20, -5, 5, 20])
def test_a_common_factor_changes_nothing(name, exponent):
    J = jacobian(4, 3, 1.0)
    scaled = J * 10.0**exponent
    found = weights_of(name, scaled @ scaled.T)
    np.testing.assert_allclose(found, weights_of(name, J @ J.T), rtol=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_a_task_without_labels_or_gradient_keeps_its_weight(name):
    """The weights of the other tasks are those that they have alone."""
    J = jacobian(2, 5, 1.0)
    state = weightings.State([4] * 4)
    state.weights = [0.3, 1.0, 1.0, 0.7]
    state.labelled = [False, True, True, True]
    gram = np.zeros((4, 4))
    gram[1:3, 1:3] = J @ J.T
    found = weightings.get(name)([np.nan, 1, 1, 1], gram, state)
    np.testing.assert_array_equal(found[[0, 3]], np.float32([0.3, 0.7]))
    np.testing.assert_allclose(found[1:3], weights_of(name, J @ J.T), rtol=1e-6)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [np.inf, np.nan])
def test_gradients_that_are_not_finite_keep_the_weights(name, value):
    np.testing.assert_array_equal(weights_of(name, np.full((2, 2), value)), [1, 1])
