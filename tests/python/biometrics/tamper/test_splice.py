"""Splices: which samples are foreign, whose they are, and how seams are hidden."""

import numpy as np
import pytest
import torch

from dt4ecg.biometrics.tamper import SPLICES, Scan, SpliceOptions, splice

RATE = 100.0
SAMPLES = 300
PEOPLE = np.repeat(np.arange(10), 3)


@pytest.fixture(scope="module")
def segments() -> np.ndarray:
    """Each row has its own number in all samples, so the origin of a sample can be read."""
    return np.repeat(np.arange(30.0)[:, None], SAMPLES, axis=1)


def runs(mask: np.ndarray) -> list[int]:
    """Lengths of the runs of True."""
    edges = np.flatnonzero(np.diff(np.r_[0, mask.astype(int), 0]))
    return (edges[1::2] - edges[::2]).tolist()


@pytest.mark.parametrize("kind", SPLICES)
def test_a_raw_splice_has_the_samples_of_victim_and_donor(segments, kind):
    found = splice(segments, PEOPLE, kind, RATE, SpliceOptions.raw())
    victim, donor = np.arange(30.0)[:, None], found.donors[:, None]
    np.testing.assert_array_equal(found.X, np.where(found.foreign, donor, victim))
    assert (PEOPLE[found.donors] != PEOPLE).all()
    assert 0.03 < found.foreign.mean() < 0.7
    assert found.foreign.any(axis=1).all()
    assert not found.foreign.all(axis=1).any()


def test_the_fixed_splices_have_the_lengths_of_their_names(segments):
    def foreign(kind):
        return splice(segments, PEOPLE, kind, RATE).foreign

    assert (foreign("halves") == (np.arange(SAMPLES) >= 150)).all()
    assert (foreign("quarter") == (np.arange(SAMPLES) >= 225)).all()
    inside = foreign("quarter_inside")
    assert (inside.sum(axis=1) == 75).all()
    assert not inside[:, :113].any()
    assert not inside[:, 188:].any()


def test_the_random_splices_have_the_documented_lengths(segments):
    many = np.tile(segments, (20, 1))
    people = np.tile(PEOPLE, 20)
    pieces = {
        kind: [runs(row) for row in splice(many, people, kind, RATE).foreign]
        for kind in ("insert", "insert_many", "interleave")
    }
    assert all(len(found) == 1 for found in pieces["insert"])
    assert min(map(min, pieces["insert"])) >= 29
    assert max(map(max, pieces["insert"])) <= 121
    assert {len(found) for found in pieces["insert_many"]} == {2, 3, 4, 5}
    inner = [length for found in pieces["interleave"] for length in found[1:-1]]
    assert min(inner) >= 9
    assert max(inner) <= 31
    assert abs(np.mean(inner) - 20) < 1


def test_a_level_match_gives_the_donor_the_level_of_the_victim():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(4, SAMPLES)) * [[1.0], [5.0], [0.1], [2.0]] + [[0.0], [7.0], [1.0], [-3.0]]
    options = SpliceOptions(level_match=True, cross_fade=0.0)
    found = splice(X, [0, 1, 2, 3], "halves", RATE, options)
    for row, donor in enumerate(found.donors):
        z = (X[donor] - X[donor].mean()) / X[donor].std()
        expected = (z * X[row].std() + X[row].mean())[150:]
        np.testing.assert_allclose(found.X[row, 150:], expected, rtol=1e-12)
        np.testing.assert_array_equal(found.X[row, :150], X[row, :150])


def test_a_constant_segment_can_be_matched(segments):
    assert np.isfinite(splice(segments, PEOPLE, "halves", RATE).X).all()


def test_a_cross_fade_is_linear_and_centred_on_the_border():
    X = np.repeat([[0.0], [1.0]], 40, axis=1)
    options = SpliceOptions(level_match=False, cross_fade=0.05)
    found = splice(X, ["Ann", "Bo"], "halves", RATE, options)
    np.testing.assert_allclose(found.X[0, 16:24], [0, 0, 0.2, 0.4, 0.6, 0.8, 1, 1], atol=1e-12)


def test_the_control_takes_another_segment_of_the_same_person(segments):
    found = splice(segments, PEOPLE, "halves", RATE, SpliceOptions(donor="same"))
    assert (PEOPLE[found.donors] == PEOPLE).all()
    assert (found.donors != np.arange(30)).all()


@pytest.mark.parametrize("donor", ["other", "same"])
def test_every_possible_donor_is_drawn_equally_often(donor):
    people = np.array([2, 0, 1, 0, 2, 1])  # not sorted
    counts = np.zeros((6, 6))
    for seed in range(600):
        donors = splice(np.eye(6, 8), people, options=SpliceOptions(donor=donor), seed=seed).donors
        counts[np.arange(6), donors] += 1
    same = people[:, None] == people
    legal = (same & ~np.eye(6, dtype=bool)) if donor == "same" else ~same
    expected = 600 / legal.sum(axis=1, keepdims=True)
    assert (counts[~legal] == 0).all()
    assert (np.abs(counts - expected)[legal] < 5 * np.sqrt(600 / 4)).all()


def test_a_seed_gives_the_same_splice(segments):
    first, second = (splice(segments, PEOPLE, "insert", RATE, seed=3) for _ in range(2))
    np.testing.assert_array_equal(first.X, second.X)
    other = splice(segments, PEOPLE, "insert", RATE, seed=4)
    assert (other.foreign != first.foreign).any()


def test_all_leads_are_cut_at_the_same_times(segments):
    leads = np.stack([segments, segments + 100], axis=1)
    found = splice(leads, PEOPLE, "interleave", RATE, SpliceOptions.raw())
    np.testing.assert_array_equal(found.X[:, 1], found.X[:, 0] + 100)


def test_tensors_and_their_type_come_back(segments):
    found = splice(torch.tensor(segments, dtype=torch.float32), PEOPLE)
    assert found.X.dtype == torch.float32
    assert found.X.shape == segments.shape
    assert splice(segments.astype(np.int32), PEOPLE).X.dtype == np.float64


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"kind": "half"}, "kind must be one of halves"),
        ({"sampling_rate": float("nan")}, "sampling_rate must be"),
        ({"seed": -1}, "seed must be an integer"),
        ({"subject": [0, 1]}, "one entry for each of the 3 segments"),
        ({"subject": [0, 0, 0]}, "no other segment of another person"),
        ({"subject": [0, 1, -1]}, "unknown for 1 of 3 segments"),
        ({"subject": ["Ann", None, ""]}, "unknown for 2 of 3 segments"),
        ({"X": np.full((3, 8), np.nan)}, "NaN or infinite"),
        ({"X": np.zeros(8)}, r"segments \(n, T\)"),
        ({"X": np.zeros((0, 8))}, "no samples"),
    ],
)
def test_illegal_arguments_are_refused(changes, text):
    legal = {"X": np.eye(3, 8), "subject": [0, 1, 2], "kind": "halves"}
    with pytest.raises(ValueError, match=text):
        splice(**(legal | changes))


@pytest.mark.parametrize(
    "setting", [{"level_match": 1}, {"cross_fade": -0.1}, {"cross_fade": "x"}, {"donor": "any"}]
)
def test_illegal_options_are_refused(setting):
    with pytest.raises(ValueError, match=next(iter(setting))):
        SpliceOptions(**setting)


def test_the_control_needs_two_segments_of_each_person():
    with pytest.raises(ValueError, match="donor='other'"):
        splice(np.eye(3, 8), [0, 0, 1], options=SpliceOptions(donor="same"))


def test_results_print_as_one_line(segments):
    found = splice(segments, PEOPLE, "quarter", RATE)
    assert repr(found) == "Spliced(30 segments of 300 samples, 25% foreign)"
    scan = Scan(np.arange(3.0), np.array([0.2, np.nan, 0.934]), np.array([True, False, True]))
    assert repr(scan) == "Scan(3 segments, 2 usable, largest probability 0.93)"
    assert repr(Scan(np.zeros(1), np.full(1, np.nan), np.zeros(1, bool))) == (
        "Scan(1 segment, 0 usable)"
    )
