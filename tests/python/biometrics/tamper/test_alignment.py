"""Cuts at R peaks."""

import numpy as np
import pytest

from dt4ecg.biometrics.tamper import SPLICES, SpliceOptions, splice

RATE = 100.0
SAMPLES = 300


def rhythms() -> tuple[np.ndarray, list[np.ndarray]]:
    """Four people with an R peak of their own height, every 0.6, 0.7, 0.8 and 0.9 s."""
    x = np.zeros((4, SAMPLES))
    beats = []
    for row, interval in enumerate((60, 70, 80, 90)):
        peaks = np.arange(10 + 5 * row, SAMPLES, interval)
        x[row, peaks] = row + 1
        beats.append(peaks)
    return x, beats


def test_a_half_begins_with_a_beat_of_the_donor_at_a_beat_of_the_victim():
    x, beats = rhythms()
    found = splice(x, np.arange(4), "halves", RATE, SpliceOptions.raw(), beats=beats)
    for row, donor in enumerate(found.donors):
        start = found.foreign[row].argmax()
        assert start == min(beats[row], key=lambda peak: abs(peak - 150))
        assert found.X[row, start] == donor + 1
        np.testing.assert_array_equal(found.X[row, :start], x[row, :start])
        first = max(peak for peak in beats[donor] if peak <= start)
        np.testing.assert_array_equal(
            found.X[row, start:], x[donor, first : first + SAMPLES - start]
        )


@pytest.mark.parametrize("kind", SPLICES)
def test_borders_inside_the_segment_are_beats_of_the_victim(kind):
    x, beats = rhythms()
    found = splice(x, np.arange(4), kind, RATE, SpliceOptions.raw(), seed=3, beats=beats)
    assert found.foreign.any(axis=1).all()
    for row in range(4):
        borders = set(np.flatnonzero(np.diff(found.foreign[row])) + 1)
        free = splice(x, np.arange(4), kind, RATE, SpliceOptions.raw(), seed=3).foreign[row]
        unmoved = (found.foreign[row] == free).all()
        assert unmoved or borders <= set(beats[row])


def test_segments_without_beats_are_cut_as_usual():
    x, _ = rhythms()
    expected = splice(x, np.arange(4), "insert_many", RATE, seed=1)
    found = splice(x, np.arange(4), "insert_many", RATE, seed=1, beats=[[]] * 4)
    np.testing.assert_array_equal(found.X, expected.X)


def test_all_leads_move_together():
    x, beats = rhythms()
    leads = np.stack([x, x + 10], axis=1)
    found = splice(leads, np.arange(4), "halves", RATE, SpliceOptions.raw(), beats=beats)
    np.testing.assert_array_equal(found.X[:, 1], found.X[:, 0] + 10)


@pytest.mark.parametrize("beats", [[[1]], [[1], [2], [3], [300]], [[1.5]] * 4, [[-1]] * 4])
def test_illegal_beats_are_refused(beats):
    with pytest.raises(ValueError, match="splice: "):
        splice(rhythms()[0], np.arange(4), beats=beats)
