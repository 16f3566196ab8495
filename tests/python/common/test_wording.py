"""Numbers in sentences."""

import pytest

from dt4ecg._common.wording import counted


@pytest.mark.parametrize(
    ("number", "expected"), [(0, "0 epochs"), (1, "1 epoch"), (2, "2 epochs"), (21, "21 epochs")]
)
def test_only_one_is_singular(number: int, expected: str) -> None:
    assert counted(number, "epoch") == expected


@pytest.mark.parametrize(("number", "expected"), [(1, "1 activity"), (3, "3 activities")])
def test_a_plural_may_be_given(number: int, expected: str) -> None:
    assert counted(number, "activity", "activities") == expected
