"""`Inference` on one segment and on a batch, compared with PyTorch eager and ONNX Runtime."""

import io
import logging
from collections.abc import Callable, Iterator

import numpy as np
import torch

import dt4ecg
from benchmarks.measuring import Row, Settings, agree, medians
from benchmarks.plain_torch import SHAPES, PlainNetwork, plain_copy
from benchmarks.train_step import TASKS, segments
from dt4ecg.inference import Inference

try:
    import onnxruntime
    import onnxscript  # noqa: F401  (torch.onnx.export needs it)
except ImportError:
    onnxruntime = None


def run(settings: Settings) -> Iterator[Row]:
    for backbone in SHAPES:
        network = dt4ecg.nn.Network(backbone, tasks=TASKS, seed=0)
        network.train()(torch.from_numpy(segments(16)[0]))  # other running statistics
        plain, ours = plain_copy(network).eval(), Inference(network.eval())
        for n in (1, 256):
            yield from _rows(settings, f"{backbone}, {n} segments", segments(n)[0], ours, plain)


def _rows(settings, case: str, x: np.ndarray, ours: Inference, plain) -> Iterator[Row]:
    tensor = torch.from_numpy(x)

    def eager() -> list[torch.Tensor]:
        with torch.inference_mode():
            return list(plain(tensor).values())

    peers: dict[str, Callable] = {"PyTorch eager": eager}
    if onnxruntime is not None:
        session = _session(plain, tensor, settings.threads)
        peers["ONNX Runtime"] = lambda: session.run(None, {"x": x})

    calls = 1 if settings.quick else max(1, 256 // len(x))
    expected = np.concatenate([logits.numpy() for logits in ours(tensor).values()], axis=1)
    differences = {
        name: agree(
            case, expected, np.concatenate([np.asarray(logits) for logits in peer()], axis=1), 1e-4
        )
        for name, peer in peers.items()
    }
    work = {"ours": lambda: ours(tensor), **peers}
    times = medians(
        {name: lambda once=once: [once() for _ in range(calls)] for name, once in work.items()},
        settings.repeats(15),
    )
    for name, found in differences.items():
        yield Row(case, name, settings.threads, times["ours"] / calls, times[name] / calls, found)


def _session(plain: PlainNetwork, x: torch.Tensor, threads: int):
    model = io.BytesIO()
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # it warns that torchvision is missing
    torch.onnx.export(plain, (x,), input_names=["x"], verbose=False).save(model)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(
        model.getvalue(), options, providers=["CPUExecutionProvider"]
    )
