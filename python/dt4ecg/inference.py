"""Run a network over segments in eval mode, in batches."""

from collections.abc import Callable

import torch

from dt4ecg._training_input import as_segments
from dt4ecg.nn import Network
from dt4ecg.nn.modes import kept_modes

_BATCH = 256


def predict_logits(network: torch.nn.Module, X) -> dict[str, torch.Tensor]:
    """Logits ``{task: (n, classes)}`` of segments (n, leads, segment_length), in eval mode."""
    parts = _in_batches(network, network, X)
    return {task: torch.cat([part[task] for part in parts]).cpu() for task in parts[0]}


def predict_embedding(network: Network, X) -> torch.Tensor:
    """Pooled features (n, channels) of segments (n, leads, segment_length), in eval mode."""
    return torch.cat(_in_batches(network, network.embed, X)).cpu()


def _in_batches(network: torch.nn.Module, function: Callable, X) -> list:
    device = next(network.parameters()).device
    with kept_modes(network), torch.inference_mode():
        network.eval()
        return [function(batch.to(device)) for batch in as_segments(X).split(_BATCH)]
