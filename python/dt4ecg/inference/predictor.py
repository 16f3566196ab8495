"""Run a network over segments in eval mode, in the core's inference executor where possible."""

import copy
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeVar

import torch

from dt4ecg import _core
from dt4ecg.nn import Network
from dt4ecg.nn.contexts import keep_modes
from dt4ecg.nn.core_model import graph_stages
from dt4ecg.nn.segments import as_segments

_BATCH = 256

_Output = TypeVar("_Output")


class Inference:
    """A network prepared for predictions: eval mode, with batch norm folded into the weights.

    It copies the weights, so later changes of the network have no effect. It can be pickled.
    Segments are divided among torch's threads; a single segment runs on one thread. The number of
    threads does not change the result.

    Parameters
    ----------
    network : dt4ecg.nn.Network
        A network on the CPU in float32, without hooks or parts written in Python.

    Raises
    ------
    ValueError
        For any other network. Use :func:`predict_logits` for those.

    See Also
    --------
    predict_logits : Predict once, with any network.

    Examples
    --------
    >>> import numpy as np
    >>> import dt4ecg
    >>> from dt4ecg.inference import Inference
    >>> predict = Inference(dt4ecg.nn.Network(seed=0))
    >>> logits = predict(np.zeros((4, 1, 300), np.float32))
    >>> {task: tuple(values.shape) for task, values in logits.items()}
    {'identity': (4, 15), 'activity': (4, 3)}
    """

    def __init__(self, network: Network):
        run = _executor(network)
        if run is None:
            raise ValueError(
                "Inference: takes a dt4ecg.nn.Network on the CPU in float32 whose parts are all "
                "built in and without hooks; call the network itself, in eval mode"
            )
        self._run, self._network, self._tasks = run, _description(network), list(network.tasks)
        self._copy = copy.deepcopy(network)  # for pickle

    def __getstate__(self) -> Network:
        """Return the network; the executor is prepared again when it is read."""
        return self._copy

    def __setstate__(self, network: Network) -> None:
        self.__init__(network)  # type: ignore[misc]

    def __call__(self, X: Any) -> dict[str, torch.Tensor]:
        """Return the logits of segments.

        Parameters
        ----------
        X : array-like or torch.Tensor of shape (n, leads, segment_length)
            Segments, finite real numbers.

        Returns
        -------
        dict of str to torch.Tensor
            ``{task: logits (n, classes)}``, float32 on the CPU.

        Raises
        ------
        TypeError
            If ``X`` holds anything but real numbers.
        ValueError
            If ``X`` has another shape than the network takes, or samples that are not finite, or if
            logits are not finite.
        """
        logits = self._run(as_segments("Inference", X))
        _require_finite("Inference", self._network, logits)
        return dict(zip(self._tasks, logits, strict=True))


def prepared(network: torch.nn.Module) -> Callable[[Any], dict[str, torch.Tensor]]:
    """Return a function from segments to logits that prepares the network only once if possible.

    Parameters
    ----------
    network : torch.nn.Module
        As for :func:`predict_logits`.

    Returns
    -------
    callable
        An :class:`Inference`, which keeps the weights of this moment, or :func:`predict_logits` of
        the network.

    Examples
    --------
    >>> import numpy as np
    >>> import dt4ecg
    >>> from dt4ecg.inference import prepared
    >>> logits_of = prepared(dt4ecg.nn.Network(seed=0))
    >>> logits_of(np.zeros((4, 1, 300)))["activity"].shape
    torch.Size([4, 3])
    """
    if isinstance(network, Network) and _executor(network) is not None:
        return Inference(network)
    return partial(predict_logits, network)


def predict_logits(network: torch.nn.Module, X: Any) -> dict[str, torch.Tensor]:
    """Return the logits of segments, computed in eval mode.

    Parameters
    ----------
    network : torch.nn.Module
        A :class:`dt4ecg.nn.Network`, or a module that returns ``{task: logits (batch, classes)}``.
        Its modes stay as they are.
    X : array-like or torch.Tensor of shape (n, leads, segment_length)
        Segments, finite real numbers.

    Returns
    -------
    dict of str to torch.Tensor
        ``{task: logits (n, classes)}``, float32 on the CPU.

    Raises
    ------
    TypeError
        If ``X`` holds anything but real numbers.
    ValueError
        If ``X`` has another shape than the network takes, or samples that are not finite, or if
        logits are not finite.

    See Also
    --------
    Inference : Prepares a network once for many predictions.

    Notes
    -----
    A network of the core's own parts runs in the inference executor. Any other module is called,
    256 segments at a time, on its own device.

    Examples
    --------
    >>> import numpy as np
    >>> import dt4ecg
    >>> from dt4ecg.inference import predict_logits
    >>> network = dt4ecg.nn.Network(seed=0)
    >>> predict_logits(network, np.zeros((4, 1, 300)))["activity"].softmax(1).shape
    torch.Size([4, 3])
    """
    x, run = as_segments("predict_logits", X), _executor(network)
    if isinstance(network, Network) and run is not None:
        logits = dict(zip(network.tasks, run(x), strict=True))
    else:
        parts = _in_batches(network, network, x)
        _require_logits("predict_logits", network, parts, x)
        logits = {task: torch.cat([part[task] for part in parts]).cpu() for task in parts[0]}
    _require_finite("predict_logits", _description(network), logits.values())
    return logits


def predict_embedding(network: Network, X: Any) -> torch.Tensor:
    """Return the pooled features of segments, computed in eval mode.

    Parameters
    ----------
    network : dt4ecg.nn.Network
        The network. Its modes stay as they are.
    X : array-like or torch.Tensor of shape (n, leads, segment_length)
        Segments, finite real numbers.

    Returns
    -------
    torch.Tensor of shape (n, channels)
        The features from which all heads compute their logits, float32 on the CPU.

    Raises
    ------
    TypeError
        If ``X`` holds anything but real numbers.
    ValueError
        If ``X`` has another shape than the network takes, or samples that are not finite, or if
        features are not finite.

    See Also
    --------
    dt4ecg.nn.Network.embed : The same features with gradients.

    Examples
    --------
    >>> import numpy as np
    >>> import dt4ecg
    >>> from dt4ecg.inference import predict_embedding
    >>> predict_embedding(dt4ecg.nn.Network(seed=0), np.zeros((4, 1, 300))).shape
    torch.Size([4, 128])
    """
    x, run = as_segments("predict_embedding", X), _executor(network, embedding=True)
    if run is not None:
        features = run(x)[0]
    else:
        features = torch.cat(_in_batches(network, network.embed, x)).cpu()
    _require_finite("predict_embedding", _description(network), [features])
    return features


def _executor(network: torch.nn.Module, embedding: bool = False) -> _core.nn.Inference | None:
    """Return the core's executor of a network, without its heads for an embedding.

    None if the network cannot run there.
    """
    stages = graph_stages(network)
    if stages is None:
        return None
    kept = [stage for _, stage in (stages[:-1] if embedding else stages)]
    parts = [(stage.graph, *stage.tensors()) for stage in kept]
    tensors = [tensor for _, *both in parts for tensors in both for tensor in tensors]
    if any(tensor.device.type != "cpu" or tensor.dtype != torch.float32 for tensor in tensors):
        return None
    return _core.nn.Inference(parts)


def _require_logits(
    operation: str, network: torch.nn.Module, parts: list[Any], x: torch.Tensor
) -> None:
    """Raise ValueError unless a module has returned a tensor (n, classes) for each task."""
    rows = min(_BATCH, len(x))
    first = parts[0] if parts else {}
    found = first.items() if isinstance(first, Mapping) else [("", None)]
    if not all(
        isinstance(z, torch.Tensor) and z.dim() == 2 and len(z) == rows and z.shape[1] > 0
        for _, z in found
    ):
        raise ValueError(
            f"{operation}: {_description(network)} must return {{task: logits (n, classes)}} for n "
            f"segments, got {type(first).__name__}; wrap it in a module that returns a dictionary"
        )


def _require_finite(operation: str, network: str, outputs: Iterable[torch.Tensor]) -> None:
    """Refuse NaN, whose largest class would be a confident wrong answer."""
    for values in outputs:
        finite = values.isfinite()
        if not finite.all():
            bad = int((~finite.flatten(1).all(1)).sum())
            raise ValueError(
                f"{operation}: {network} gives values that are NaN or infinite for {bad} of "
                f"{len(values)} segments, so its weights are damaged or too large; use another "
                "model, or samples of usual size"
            )


def _description(network: torch.nn.Module) -> str:
    if isinstance(network, Network):
        spec = network.spec
        return f"the network {spec['backbone']} with attention {spec['attention']}"
    return f"the network {type(network).__name__}"


def _in_batches(
    network: torch.nn.Module, function: Callable[[torch.Tensor], _Output], x: torch.Tensor
) -> list[_Output]:
    """Call ``function`` on batches of ``x`` in eval mode, on the device of the network."""
    device = next(network.parameters()).device
    with keep_modes(network), torch.inference_mode():
        network.eval()
        batches: tuple[torch.Tensor, ...] = x.split(_BATCH)  # type: ignore[no-untyped-call]
        return [function(batch.to(device)) for batch in batches]
