"""The views of a segment."""

import numpy as np
import pytest

from dt4ecg.training.pretraining import Crops
from dt4ecg.training.pretraining.batches import ViewBatches

PLAIN = {"silence": (0.0, 0.0), "noise": (0.0, 0.0)}


def rows(n=4, leads=1, length=300):
    return np.random.default_rng(0).normal(size=(n, leads, length)).astype(np.float32)


def test_a_crop_of_the_whole_row_is_the_standardised_row():
    x = rows(leads=2)
    found = Crops(local=0, long_share=(1.0, 1.0), **PLAIN).views(x, 300, np.random.default_rng(0))
    expected = (x - x.mean(-1, keepdims=True)) / x.std(-1, keepdims=True)
    np.testing.assert_allclose(found, [expected, expected], atol=1e-4)


def test_a_crop_is_a_straight_line_where_the_row_is_one():
    x = np.arange(900.0, dtype=np.float32)[None, None]
    found = Crops(**PLAIN).views(x, 300, np.random.default_rng(0))
    np.testing.assert_allclose(np.diff(found, 2), 0, atol=1e-3)
    assert found.shape == (4, 1, 1, 300)


def test_crops_have_the_shares_of_the_settings():
    # The phase of a fast sine counts the samples of a crop.
    x = np.sin(2 * np.pi * np.arange(1200) / 20).astype(np.float32)[None, None].repeat(200, 0)
    views = Crops(local=1, **PLAIN).views(x, 300, np.random.default_rng(0))
    crossings = (np.diff(np.sign(views[:, :, 0])) != 0).sum(-1)
    lengths = crossings * 10  # samples between two crossings
    assert 130 <= lengths[:2].min() <= 170
    assert 270 <= lengths[:2].max() <= 310
    assert 20 <= lengths[2].min() <= 60
    assert 130 <= lengths[2].max() <= 160


def test_silence_is_one_span_per_lead():
    x = rows(n=50, leads=2)
    found = Crops(local=0, silence=(0.2, 0.4), noise=(0.0, 0.0)).views(
        x, 300, np.random.default_rng(1)
    )
    silent = found == 0
    shares = silent.mean(-1)
    assert shares.min() >= 0.19
    assert shares.max() <= 0.41
    assert (np.abs(np.diff(silent.astype(int))).sum(-1) <= 2).all()
    assert not np.array_equal(silent[:, :, 0], silent[:, :, 1])


def test_noise_has_the_deviation_of_the_settings():
    x = np.zeros((40, 1, 300), np.float32)
    found = Crops(local=0, silence=(0.0, 0.0)).views(x, 300, np.random.default_rng(0))
    deviations = found.std(-1)
    assert 0.004 < deviations.min() < 0.009
    assert 0.02 < deviations.max() < 0.03


@pytest.mark.parametrize(
    "settings",
    [
        {"local": -1},
        {"local": 1.5},
        {"long_share": (0.5, 1.5)},
        {"long_share": (0.9, 0.5)},
        {"short_share": (0.0, 0.5)},
        {"silence": 0.3},
        {"noise": (np.nan, 0.1)},
    ],
)
def test_illegal_settings_are_refused(settings):
    with pytest.raises(ValueError, match=next(iter(settings))):
        Crops(**settings)


def test_rows_below_the_segment_length_are_refused():
    with pytest.raises(ValueError, match="299"):
        Crops().views(rows(length=299), 300, np.random.default_rng(0))


def test_every_row_is_drawn_once_in_a_pass():
    x = np.arange(10, dtype=np.float32)[:, None, None] * np.ones((1, 1, 5), np.float32)
    batches = ViewBatches(x, lambda some, _: np.stack([some, -some]), 5, seed=3)
    assert batches.steps == 2
    for first in (0, 2):
        drawn = [batches(first + i)[0] for i in range(2)]
        assert sorted(np.concatenate([one[:5, 0, 0] for one in drawn])) == list(range(10))
        for one in drawn:
            np.testing.assert_array_equal(one[:5], -one[5:])
    np.testing.assert_array_equal(batches(1)[0], batches(1)[0])
    assert not np.array_equal(batches(0)[0], batches(2)[0])


def test_a_batch_is_at_most_all_rows():
    batches = ViewBatches(rows(3), lambda some, _: some[None], 64, seed=0)
    assert (batches.size, batches.steps) == (3, 1)
