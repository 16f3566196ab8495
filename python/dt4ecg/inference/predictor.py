"""Run a network over segments in eval mode."""

from collections.abc import Callable

import torch

from dt4ecg import _core
from dt4ecg.nn import Network
from dt4ecg.nn.contexts import keep_modes
from dt4ecg.nn.core_model import graph_stages
from dt4ecg.nn.segments import as_segments

_BATCH = 256


class Inference:
    """A network made ready for predictions: eval mode, batch norm folded into the weights.

    It keeps a copy of the weights as they are now. Segments are shared out among torch's threads;
    one segment runs on one.

    Parameters
    ----------
    network : dt4ecg.nn.Network
        On the CPU in float32, without parts written in Python.

    Raises
    ------
    ValueError
        For another network: call it instead, in eval mode.
    """

    def __init__(self, network: Network):
        run = _executor(network)
        if run is None:
            raise ValueError(
                "Inference: takes a dt4ecg.nn.Network on the CPU in float32 whose parts are all "
                "built in and without hooks; call the network itself, in eval mode"
            )
        self._run, self._tasks = run, list(network.tasks)

    def __call__(self, X) -> dict[str, torch.Tensor]:
        """Logits ``{task: (n, classes)}`` of segments (n, leads, segment_length)."""
        return dict(zip(self._tasks, self._run(as_segments("Inference", X)), strict=True))


def predict_logits(network: torch.nn.Module, X) -> dict[str, torch.Tensor]:
    """Logits ``{task: (n, classes)}`` of segments (n, leads, segment_length), in eval mode."""
    x, run = as_segments("predict_logits", X), _executor(network)
    if isinstance(network, Network) and run is not None:
        return dict(zip(network.tasks, run(x), strict=True))
    parts = _in_batches(network, network, x)
    return {task: torch.cat([part[task] for part in parts]).cpu() for task in parts[0]}


def predict_embedding(network: Network, X) -> torch.Tensor:
    """Pooled features (n, channels) of segments (n, leads, segment_length), in eval mode."""
    x, run = as_segments("predict_embedding", X), _executor(network, embedding=True)
    if run is not None:
        return run(x)[0]
    return torch.cat(_in_batches(network, network.embed, x)).cpu()


def _executor(network: torch.nn.Module, embedding: bool = False):
    """The core's executor of a network, or of all but its heads; None where Python takes part."""
    stages = graph_stages(network)
    if stages is None:
        return None
    kept = [stage for _, stage in (stages[:-1] if embedding else stages)]
    parts = [(stage.graph, *stage.tensors()) for stage in kept]
    tensors = [tensor for _, *both in parts for tensors in both for tensor in tensors]
    if any(tensor.device.type != "cpu" or tensor.dtype != torch.float32 for tensor in tensors):
        return None
    return _core.nn.Inference(parts)


def _in_batches(network: torch.nn.Module, function: Callable, x: torch.Tensor) -> list:
    device = next(network.parameters()).device
    with keep_modes(network), torch.inference_mode():
        network.eval()
        return [function(batch.to(device)) for batch in x.split(_BATCH)]
