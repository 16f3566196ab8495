"""PyTorch's data loader takes a set and gives batches of its segments and labels."""

import pickle

import numpy as np
import pytest
import torch
from support.ecg_sets import cohort
from torch.utils.data import DataLoader, Subset, WeightedRandomSampler

DATA = cohort(segments=3)  # 72 segments


def batches(loader: DataLoader) -> tuple[torch.Tensor, torch.Tensor]:
    """Return all batches of a loader as one."""
    X, y = zip(*loader, strict=True)
    return torch.cat(X), torch.cat(y)


@pytest.mark.parametrize("workers", [0, pytest.param(2, marks=pytest.mark.slow)])
def test_batches_hold_the_segments_in_their_order(workers):
    loader = DataLoader(DATA, batch_size=16, num_workers=workers)
    assert [len(x) for x, _ in loader] == [16, 16, 16, 16, 8]
    X, y = batches(loader)
    assert (X.dtype, y.dtype) == (torch.float32, torch.int64)
    np.testing.assert_array_equal(X, DATA.X)
    np.testing.assert_array_equal(y, DATA.y)


@pytest.mark.parametrize("workers", [0, pytest.param(2, marks=pytest.mark.slow)])
def test_shuffled_batches_keep_labels_with_their_segments(workers):
    order = torch.Generator().manual_seed(0)
    X, y = batches(DataLoader(DATA, 10, shuffle=True, generator=order, num_workers=workers))

    def rows(samples, labels):
        return [
            (*x[:, 0].tolist(), *label.tolist()) for x, label in zip(samples, labels, strict=True)
        ]

    assert rows(X, y) != rows(DATA.X, DATA.y)
    assert sorted(rows(X, y)) == sorted(rows(DATA.X, DATA.y))


def test_a_batch_does_not_share_memory_with_the_set():
    X, _ = next(iter(DataLoader(DATA, batch_size=4)))
    X.zero_()
    assert DATA.X[:4].any()


def test_subsets_and_samplers():
    X, _ = batches(DataLoader(Subset(DATA, [5, 3]), batch_size=2))
    np.testing.assert_array_equal(X, DATA.X[[5, 3]])
    sampler = WeightedRandomSampler([0.0] * 71 + [1.0], 4)
    X, _ = batches(DataLoader(DATA, batch_size=4, sampler=sampler))
    np.testing.assert_array_equal(X, DATA.X[[71] * 4])


def test_a_part_is_still_a_set():
    assert len(DATA[3]) == 1
    assert DATA[3].classes == DATA.classes


def test_a_set_travels_to_another_process():
    copy = pickle.loads(pickle.dumps(DATA))
    np.testing.assert_array_equal(copy.X, DATA.X)
    assert copy.classes == DATA.classes
