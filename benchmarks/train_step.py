"""One step of `Trainer.fit`, compared with PyTorch (eager and compiled) and with `torch.mm`."""

import itertools
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import torch
import torch._dynamo
import torch._functorch.config

import dt4ecg
from benchmarks.measuring import Row, Settings, agree, medians
from benchmarks.plain_torch import (
    SHAPES,
    GradNormStep,
    SummedStep,
    TwoBackwardStep,
    plain_copy,
)

TASKS = {"identity": 15, "activity": 3}
BATCH, LENGTH = 16, 300
STEPS = 40  # in one fit, so that its set-up does not count
PRODUCTS = 50

# Case: the trainer's settings, and each peer's step on the same weights.
CASES: dict[str, tuple[dict, dict[str, Callable]]] = {
    "chen2018, all shared": (
        {"weighting": "chen2018"},
        {
            "eager, three backwards": GradNormStep,
            "eager, two backwards": TwoBackwardStep,
            "torch.compile, two backwards": partial(TwoBackwardStep, compiled=True),
        },
    ),
    "chen2018, last shared layer": (
        {"weighting": "chen2018", "norm_scope": "last"},
        {"eager, last layer": partial(GradNormStep, last_layer=True)},
    ),
    "none": (
        {"weighting": "none"},
        {"eager, summed loss": SummedStep, "torch.compile": partial(SummedStep, compiled=True)},
    ),
}

BF16: dict[str, tuple[dict, dict[str, Callable]]] = {
    "chen2018, all shared, bf16": (
        {"weighting": "chen2018", "precision": "bf16"},
        {
            "eager in float32, three backwards": GradNormStep,
            "eager in bf16, three backwards": partial(GradNormStep, bf16=True),
            "eager in bf16, two backwards": partial(TwoBackwardStep, bf16=True),
        },
    )
}
if torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported():
    CASES |= BF16


def run(settings: Settings) -> Iterator[Row]:
    # AOTAutograd would free buffers that the second of two backward passes needs.
    torch._functorch.config.donated_buffer = False
    for backbone, (case, (options, peers)) in itertools.product(SHAPES, CASES.items()):
        torch._dynamo.reset()
        if settings.quick:  # compiling is slow
            peers = {name: peer for name, peer in peers.items() if "compile" not in name}
        yield from _rows(settings, backbone, case, options, peers)


def segments(n: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    labels = np.stack([random.integers(classes, size=n) for classes in TASKS.values()], axis=1)
    return random.random((n, 1, LENGTH), np.float32), labels


def difference(network: dt4ecg.nn.Network, options: dict, peer: Callable, batch) -> float:
    """Train both networks for three steps; return the difference of losses and task weights."""
    tolerance = 1e-2 if options.get("precision") == "bf16" else 1e-3  # bfloat16 rounds by 4e-3
    step = peer(plain_copy(network))
    trainer = dt4ecg.Trainer(network, epochs=3, batch_size=len(batch[0]), **options).fit(*batch)
    x, y = map(torch.from_numpy, batch)
    losses, weights = [], []
    for _ in range(3):
        weights.append(step.weights.tolist())  # the weights that the step uses
        losses.append(step(x, y))
    history = trainer.history
    return max(
        agree("losses", history["train"]["loss"], losses, tolerance),
        agree("task weights", history["weight"], weights, tolerance),
    )


def multiply_adds(backbone: str) -> int:
    """Return the multiply-adds of the convolutions in the forward pass of one segment."""
    shape = SHAPES[backbone]
    width, length = shape["stem"], LENGTH
    total = 7 * width * length
    for channels, stride in zip(shape["channels"], shape["strides"], strict=True):
        length = (length - 1) // stride + 1
        taps = 3 * width + 3 * channels
        if channels != width or stride != 1:
            taps += width
        total += taps * channels * length
        width = channels
    return total


def _network(backbone: str) -> dt4ecg.nn.Network:
    return dt4ecg.nn.Network(backbone, tasks=TASKS, seed=0)


def _rows(settings, backbone, case, options, peers) -> Iterator[Row]:
    differences = {}
    for name, peer in peers.items():
        try:
            differences[name] = difference(_network(backbone), options, peer, segments(BATCH))
        except (
            torch._dynamo.exc.TorchDynamoException
        ) as error:  # for example without a C++ compiler
            print(f"{name} cannot compile here: {str(error).splitlines()[0]}", flush=True)
    steps = 2 if settings.quick else STEPS
    x, y = segments(BATCH * steps)
    batches = list(
        zip(torch.from_numpy(x).split(BATCH), torch.from_numpy(y).split(BATCH), strict=True)
    )
    trainer = dt4ecg.Trainer(_network(backbone), epochs=1, batch_size=BATCH, **options)
    work: dict[str, Callable] = {"ours": lambda: trainer.fit(x, y)}
    for name in differences:
        step = peers[name](plain_copy(_network(backbone)))
        work[name] = lambda step=step: [step(*batch) for batch in batches]
    gradnorm = case == "chen2018, all shared"
    if gradnorm:
        left, right = torch.rand(4800, 192), torch.rand(192, 64)
        work["torch.mm"] = lambda: [torch.mm(left, right) for _ in range(PRODUCTS)]
    times = medians(work, settings.repeats(7))
    row = partial(Row, f"{backbone}, {case}", threads=settings.threads)
    ours = times["ours"] / steps
    for name, found in differences.items():
        yield row(peer=name, ours_ms=ours, peer_ms=times[name] / steps, difference=found)
    if gradnorm:
        # A forward pass, and for each of two tasks a backward pass of twice its work.
        work_of_step = 5 * BATCH * multiply_adds(backbone)
        direct = times["torch.mm"] * work_of_step / (PRODUCTS * 4800 * 192 * 64)
        yield row(peer="its direct products at torch.mm's rate", ours_ms=ours, peer_ms=direct)
