"""The numbers in the texts of differences and intervals."""

import re

import pytest
from support.comparisons import comparison

from dt4ecg.paper.judge.wording import clearance, clearance_within, points


def numbers(text):
    return re.findall(r"[+±-]?\d+(?:\.\d+)?", text)


@pytest.mark.parametrize(
    ("found", "threshold", "words", "expected"),
    [
        (comparison((-0.0055, 0.0293)), 0.0294, "below", ["0.01"]),
        (comparison((-0.02, 0.0)), 0.0, "ends at the threshold", []),
        (comparison((-0.02, -0.00004)), 0.0, "ends at the threshold", []),
        (comparison((-0.02, -0.00006)), 0.0, "below", ["0.01"]),
        (comparison((0.05, 0.07), 14, (0.01, 0.09)), 0.0294, "above", ["2.06"]),
        (comparison((0.005, 0.07)), 0.0, "begins", ["0.50"]),
        (comparison((0.0, 0.07)), 0.0, "reaches", ["0.00", "7.00"]),
        (
            comparison((-0.02, 0.0), 14, (-0.03, 0.01)),
            0.0,
            "corrected",
            ["14", "3.00", "1.00"],
        ),
        (comparison((-0.02, 0.01)), -0.01, "below", ["1.00", "2.00"]),
        (
            comparison((-0.05, -0.02), 14, (-0.06, 0.01)),
            0.0,
            "corrected",
            ["2.00", "14", "6.00", "1.00"],
        ),
    ],
)
def test_the_distance_of_an_interval_from_a_threshold(found, threshold, words, expected):
    text = clearance(found, threshold)
    assert numbers(text) == [f"{100 * threshold:+.2f}", *expected]
    assert words in text
    assert ("corrected" in text) == (words == "corrected")


@pytest.mark.parametrize(
    ("found", "words", "expected"),
    [
        (comparison((-0.004, 0.002)), "inside", ["0.60"]),
        (comparison((-0.004, 0.012)), "outside", ["0.20"]),
        (comparison((-0.004, 0.01)), "outside", ["0.00"]),
        (comparison((-0.05, -0.02), 20, (-0.06, -0.008)), "corrected", ["1.00", "20", "5.00"]),
    ],
)
def test_the_distance_of_an_interval_from_a_margin(found, words, expected):
    text = clearance_within(found, 0.01)
    assert numbers(text) == ["±1.00", *expected]
    assert words in text


def test_a_difference_is_in_points():
    found = comparison((-0.0123, 0.0456), difference=0.01)
    assert points(found) == "+1.00 points (-1.23 to +4.56)"
