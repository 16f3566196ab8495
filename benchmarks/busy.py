"""A GradNorm step while other processes want the processors, compared with PyTorch eager."""

from collections.abc import Callable, Iterator

import torch

import dt4ecg
from benchmarks.measuring import Row, Settings, competitors, medians
from benchmarks.plain_torch import GradNormStep, plain_copy
from benchmarks.train_step import BATCH, TASKS, difference, segments

COMPETITORS = (0, 1, 2, 3, 5)  # processes that compute without a pause
OPTIONS = {"weighting": "chen2018"}
BACKBONE = "resnet"


def run(settings: Settings) -> Iterator[Row]:
    torch.set_num_threads(settings.threads)
    found = difference(_network(), OPTIONS, GradNormStep, segments(BATCH))
    for count in COMPETITORS[:2] if settings.quick else COMPETITORS:
        with competitors(count):
            times = medians(_work(settings), settings.repeats(7))
        steps = _steps(settings)
        case = f"{BACKBONE}, chen2018, {count} competitors"
        ours = times.pop("ours") / steps
        for peer, milliseconds in times.items():
            agreement = found if "eager" in peer else None
            yield Row(case, peer, settings.threads, ours, milliseconds / steps, agreement)


def _network() -> dt4ecg.nn.Network:
    return dt4ecg.nn.Network(BACKBONE, tasks=TASKS, seed=0)


def _steps(settings: Settings) -> int:
    return 2 if settings.quick else 10


def _work(settings: Settings) -> dict[str, Callable[[], object]]:
    x, y = segments(BATCH * _steps(settings))
    batches = list(
        zip(torch.from_numpy(x).split(BATCH), torch.from_numpy(y).split(BATCH), strict=True)
    )
    work: dict[str, Callable[[], object]] = {"ours": _ours(x, y, settings.threads)}
    if settings.threads > 1:
        work["ours, one thread"] = _ours(x, y, 1)
    step = GradNormStep(plain_copy(_network()))
    work["eager, three backwards"] = lambda: [step(*batch) for batch in batches]
    return work


def _ours(x, y, threads: int) -> Callable[[], object]:
    trainer = dt4ecg.Trainer(_network(), epochs=1, batch_size=BATCH, n_threads=threads, **OPTIONS)
    return lambda: trainer.fit(x, y)
