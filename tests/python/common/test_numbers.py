"""Numbers that the user set are checked for their kind and range."""

import math
from fractions import Fraction

import numpy as np
import pytest

from dt4ecg._common.numbers import integer, number, real


@pytest.mark.parametrize("value", [1, 7, np.int16(3), np.uint64(5)])
def test_integers_of_every_kind_become_int(value):
    found = integer("fit", "epochs", value, 1, 7)
    assert type(found) is int
    assert found == value


@pytest.mark.parametrize("value", [0, 8, 1.0, "1", True, None, np.float64(2), np.array([1])])
def test_other_values_are_refused(value):
    with pytest.raises(ValueError, match=r"^fit: epochs must be .* least 1 and at most 7, got "):
        integer("fit", "epochs", value, 1, 7)


def test_the_default_upper_limit_is_that_of_the_core():
    assert integer("fit", "seed", 2**63 - 1, 0) == 2**63 - 1
    with pytest.raises(ValueError, match="at most 9223372036854775807, got 9223372036854775808"):
        integer("fit", "seed", 2**63, 0)


@pytest.mark.parametrize("value", [3, 3.0, np.float32(3), np.int8(3), Fraction(6, 2)])
def test_real_numbers_become_float(value):
    assert type(real(value)) is float
    assert real(value) == number("rate", value) == 3.0


@pytest.mark.parametrize("value", ["3", None, True, 3j, 10**400, [3.0], math.nan])
def test_everything_else_is_nan_or_refused(value):
    assert math.isnan(real(value))
    with pytest.raises(ValueError, match=r"^rate: expects a finite number, got "):
        number("rate", value)


def test_infinity_is_real_but_not_finite():
    assert real(-math.inf) == -math.inf
    with pytest.raises(ValueError, match=r"^rate: expects a finite number, got inf"):
        number("rate", math.inf)
