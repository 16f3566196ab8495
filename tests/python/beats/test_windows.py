"""Windows of the waves around R peaks."""

import numpy as np
import pytest

from dt4ecg.beats import Beats, wave_windows


def runs(mask):
    """First and last sample of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(int), [0]])))
    return list(zip(edges[::2].tolist(), (edges[1::2] - 1).tolist(), strict=True))


def test_windows_of_beats_one_second_apart():
    windows = wave_windows(Beats(np.array([1000, 2000]), 1000.0), 3000)
    assert runs(windows.p) == [(790, 890), (1790, 1890)]
    assert runs(windows.qrs) == [(950, 1050), (1950, 2050)]
    # At an RR of 1 s, T ends 0.40 s after the QRS begins, so 0.35 s after R, and lasts 0.18 s.
    assert runs(windows.t) == [(1170, 1350), (2170, 2350)]
    np.testing.assert_array_equal(windows.union, windows.p | windows.qrs | windows.t)


def test_the_t_wave_follows_the_shorter_interval():
    windows = wave_windows(Beats(np.array([1000, 1640, 2640]), 1000.0), 4000)
    root = 0.8  # of 0.64 s
    start, stop = (round(1000 * (root * s - 0.05)) for s in (0.22, 0.40))
    assert runs(windows.t)[:2] == [(1000 + start, 1000 + stop), (1640 + start, 1640 + stop)]
    assert runs(windows.t)[2] == (2640 + 170, 2640 + 350)


def test_windows_end_with_the_signal():
    windows = wave_windows(Beats(np.array([2, 98]), 100.0), 100)
    assert runs(windows.qrs) == [(0, 7), (93, 99)]
    assert len(runs(windows.p)) == 1
    none = wave_windows(Beats(np.array([], int), 100.0), 100)
    assert not none.union.any()


def test_illegal_arguments():
    with pytest.raises(TypeError, match="beats must be those of"):
        wave_windows(np.array([3]), 10)
    with pytest.raises(ValueError, match="samples 3 to 12"):
        wave_windows(Beats(np.array([3, 12]), 100.0), 10)
    with pytest.raises(ValueError, match="n_samples must be an integer"):
        wave_windows(Beats(np.array([3]), 100.0), 0)
