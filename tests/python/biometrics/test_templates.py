"""The search for the best templates against a full sort."""

import numpy as np
import pytest

from dt4ecg.biometrics.coarse_scores import CoarseScores
from dt4ecg.biometrics.fusion import normalised
from dt4ecg.biometrics.templates import Templates


@pytest.mark.parametrize("n", [1, 5, 127, 640, 641, 3000])
@pytest.mark.parametrize("levels", [3, 10**6])  # few levels give many ties
def test_best_is_that_of_a_full_sort(n, levels):
    generator = np.random.default_rng(n)
    vectors = normalised(generator.normal(size=(n, 4)))
    if levels == 3:
        vectors = normalised(generator.integers(1, 4, size=(n, 1)) * np.eye(4)[n % 4] + 1e-9)
        vectors[n // 3 :: 7] = normalised(np.ones((1, 4)))
    templates = Templates([str(k) for k in range(n)], vectors, np.ones(n, np.int64))
    probe = normalised(generator.normal(size=(1, 4)))[0]
    scores = templates.scores(probe)
    for most in (1, 2, 5):
        rows, values = templates.best(probe, most)
        expected = np.argsort(-scores, kind="stable")[:most]
        np.testing.assert_array_equal(values, scores[expected])
        np.testing.assert_array_equal(rows, expected)


def test_largest_is_the_maximum_over_all_blocks():
    generator = np.random.default_rng(0)
    vectors = normalised(generator.normal(size=(20000, 8)))
    templates = Templates([str(k) for k in range(20000)], vectors, np.ones(20000, np.int64))
    probes = normalised(generator.normal(size=(3, 8)))
    np.testing.assert_allclose(
        templates.largest(probes), (probes @ vectors.T).max(axis=1), atol=1e-6
    )


def test_growing_and_removing_keep_the_rows():
    templates = Templates()
    vectors = normalised(np.random.default_rng(1).normal(size=(100, 3)))
    for k, vector in enumerate(vectors):
        templates.add(str(k), vector, k + 1)
    for k in range(0, 100, 2):
        templates.remove(str(k))
    np.testing.assert_array_equal(templates.vectors, vectors[1::2])
    assert templates.counts.tolist() == list(range(2, 101, 2))
    assert all(templates.row(name) == at for at, name in enumerate(templates.names))
    templates.merge("1", vectors[3], 2)
    expected = normalised((2 * vectors[1] + 2 * vectors[3])[None])[0]
    np.testing.assert_allclose(templates.vectors[0], expected, atol=1e-6)
    assert templates.counts[0] == 4


@pytest.mark.parametrize("spread", [1.0, 0.3])  # vectors in all directions, or in one cone
def test_the_search_in_integers_finds_the_same(spread):
    generator = np.random.default_rng(2)
    centre = np.zeros(64)
    centre[0] = 1 if spread < 1 else 0
    vectors = normalised(centre + spread * generator.normal(size=(12000, 64)) / 8)
    vectors[11000] = vectors[17]  # equal templates
    templates = Templates([str(k) for k in range(12000)], vectors, np.ones(12000, np.int64))
    for probe in (vectors[17], *normalised(centre + generator.normal(size=(20, 64)) / 8)):
        exact = vectors.astype(np.float64) @ probe
        rows, values = templates.best(probe, 5)
        expected = np.argsort(-exact, kind="stable")[:5]
        assert set(rows.tolist()) == set(expected.tolist())
        np.testing.assert_allclose(values, exact[expected], atol=1e-6)
    rows, values = templates.best(vectors[17], 2)
    assert rows.tolist() == [17, 11000]
    assert values[0] == values[1]
    templates.remove("17")
    assert templates.best(vectors[17], 1)[0].tolist() == [10999]


def test_the_bound_of_coarse_scores_holds():
    generator = np.random.default_rng(3)
    for d in (3, 64, 130):
        vectors = normalised(generator.normal(size=(500, d)))
        coarse = CoarseScores(vectors)
        for probe in normalised(generator.normal(size=(10, d))):
            scores, bound = coarse.of(probe)
            assert np.abs(scores - vectors @ probe).max() <= bound < 0.1


def test_without_integers_all_scores_are_computed(monkeypatch):
    monkeypatch.delattr("torch._int_mm")
    vectors = normalised(np.random.default_rng(4).normal(size=(12000, 8)))
    templates = Templates([str(k) for k in range(12000)], vectors, np.ones(12000, np.int64))
    assert templates.best(vectors[5], 1)[0].tolist() == [5]
