"""Comparisons with chosen intervals."""

from dt4ecg.paper.judge.comparison import Comparison


def comparison(interval, among=1, corrected=None, without_error=None, difference=0.0):
    return Comparison(
        difference=difference,
        interval=interval,
        among=among,
        corrected=corrected or interval,
        without_error=without_error or interval,
        only_first=0,
        only_second=0,
        p=1.0,
        seeds=3,
        recordings=10,
    )
