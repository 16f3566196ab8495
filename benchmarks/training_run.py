"""A whole training on the motion set, compared with the same recipe in plain PyTorch."""

from collections.abc import Iterator

import numpy as np
import torch

import dt4ecg
from benchmarks.measuring import Row, Settings, Skipped, medians
from benchmarks.plain_torch import GradNormStep, plain_copy
from benchmarks.train_step import difference

EPOCHS, BATCH = 20, 16
OPTIONS = {"weighting": "chen2018"}


def run(settings: Settings) -> Iterator[Row]:
    try:
        data = dt4ecg.datasets.load_motion_ecg(preprocessor=dt4ecg.Preprocessor.paper(notch=50))
    except FileNotFoundError as error:
        raise Skipped(f"the motion set is missing: {error}") from None
    X, y = np.ascontiguousarray(data.X), data.y
    epochs = EPOCHS
    if settings.quick:
        X, y, epochs = X[:320], y[:320], 1
    tasks = {task: len(classes) for task, classes in data.classes.items()}

    def network() -> dt4ecg.nn.Network:
        return dt4ecg.nn.Network("resnet", tasks=tasks, seed=0)

    def ours() -> None:
        dt4ecg.Trainer(network(), epochs=epochs, batch_size=BATCH, **OPTIONS).fit(X, y)

    def script() -> None:
        step = GradNormStep(plain_copy(network()))
        x, labels = torch.from_numpy(X), torch.from_numpy(y)
        for _ in range(epochs):
            for batch in torch.randperm(len(x)).split(BATCH):
                step(x[batch], labels[batch])

    found = difference(network(), OPTIONS, GradNormStep, (X[:BATCH], y[:BATCH]))
    times = medians({"ours": ours, "script": script}, settings.repeats(1))
    yield Row(
        f"{len(X)} segments, {epochs} epochs",
        "plain PyTorch script, three backwards",
        settings.threads,
        times["ours"],
        times["script"],
        found,
    )
