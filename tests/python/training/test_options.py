"""Legal values of the settings."""

from fractions import Fraction

import numpy as np
import pytest
from support.toy import (
    network,
    trainer,
)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"epochs": -1}, "epochs must be an integer of at least 0"),
        ({"batch_size": 0}, "batch_size must be an integer of at least 1"),
        ({"learning_rate": float("nan")}, "learning_rate must be a finite number above 0"),
        ({"learning_rate": 10**400}, "learning_rate must be a finite number above 0"),
        ({"learning_rate": np.complex64(1)}, "learning_rate must be a finite number above 0"),
        ({"learning_rate": True}, "learning_rate must be a finite number above 0"),
        ({"label_smoothing": np.complex64(0)}, "label_smoothing must be at least 0 and below 1"),
        ({"norm_scope": "some"}, "norm_scope must be one of shared, last, all"),
        ({"precision": "int8"}, "precision must be one of float32, bf16"),
        ({"n_threads": 0}, "n_threads must be an integer of at least 1"),
        ({"n_threads": 10**6}, "n_threads must .* at most 1024"),
        ({"seed": 2**63}, "seed must be an integer of at least 0 and at most 9223372036854775807"),
        ({"weighting": "gradnorms"}, "no weighting is called 'gradnorms'"),
        ({"device": "abacus"}, "torch does not know the device"),
        ({"device": "meta"}, "device 'meta' keeps no values"),
    ],
)
def test_illegal_settings(settings, message):
    with pytest.raises(ValueError, match=message):
        trainer(network(), **settings)


@pytest.mark.parametrize("rate", [np.float32(0.5), np.int64(1), Fraction(1, 2)])
def test_any_real_number_is_a_learning_rate(rate):
    assert trainer(network(), learning_rate=rate).learning_rate == float(rate)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", 0),
        ("batch_size", 1),
        ("n_threads", 1),
        ("n_threads", 1024),
        ("seed", 0),
        ("seed", 2**63 - 1),
        ("learning_rate", 5e-324),
        ("learning_rate", 1.7e308),
        ("label_smoothing", 0),
        ("label_smoothing", 0.999),
        ("schedule", "cosine"),
        ("norm_scope", "all"),
    ],
)
def test_the_bounds_of_the_legal_ranges_are_legal(name, value):
    assert getattr(trainer(network(), **{name: value}), name) == value
