"""How benchmarks/beats.py counts right peaks, by hand-made lists."""

import numpy as np
from benchmarks import beats


def test_a_beat_counts_once_and_only_within_the_tolerance():
    marked = np.array([100, 200, 300])
    assert beats.matches(np.array([107, 193, 300]), marked, 100) == 3
    assert beats.matches(np.array([108, 192, 300]), marked, 100) == 1
    assert beats.matches(np.array([99, 101, 300]), marked, 100) == 2
    assert beats.matches(np.array([], int), marked, 100) == 0


def test_peaks_outside_the_marked_part_are_left_out():
    records = [(1, np.zeros(1000), 100.0, np.array([200, 300]))]
    found = np.array([100, 190, 200, 300, 310, 400])
    rows = beats.count(records, lambda x, rate: found, margin=0.15)
    assert rows.tolist() == [[1, 2, 2, 4]]


def test_share_is_that_of_all_records():
    rows = np.array([[1, 9, 10, 10], [2, 8, 10, 9], [2, 10, 10, 12]])
    found = beats.share(rows, 2)
    assert (found["k"], found["n"], found["percent"]) == (27, 30, 90)
    low, high = found["interval"]
    assert low <= 90 <= high
