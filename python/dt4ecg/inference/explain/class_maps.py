"""Grad-CAM: which places of the feature maps speak for a class."""

from __future__ import annotations

from typing import Any

import torch

from dt4ecg.inference.explain.question import Question, differentiable, question
from dt4ecg.inference.explain.scaling import to_segment, to_unit
from dt4ecg.nn import Network

LAYER = "attention"  # its output is the last feature map before the pooling


def grad_cam(
    model: Any,
    X: Any,
    task: str | None = None,
    target: Any = None,
    layer: str | torch.nn.Module | None = None,
) -> Any:
    """Return the Grad-CAM maps of segments: where the evidence for a class lies in time.

    Parameters
    ----------
    model : DT4ECGClassifier, dt4ecg.nn.Network or torch.nn.Module
        A fitted classifier, a network with any backbone and attention, or a module that returns
        ``{task: logits (batch, classes)}``. It runs in eval mode; its modes stay as they are.
    X : array or tensor (n, T) or (n, leads, T)
        Segments.
    task : str, optional
        The task; it can be left out if there is only one.
    target : label, int or array (n,), optional
        The class to explain, for all or for each of the segments: a label of a classifier, an index
        of a network. The default is the predicted class of each segment.
    layer : str or torch.nn.Module, optional
        The layer, by its path such as ``"backbone.module2"`` or itself. The default is the output
        of the attention, the last feature maps before the pooling. A module other than
        :class:`dt4ecg.nn.Network` has no default.

    Returns
    -------
    maps : array or tensor (n, T)
        From 0 to 1, where 1 is the largest value of the segment, interpolated linearly from the
        steps of the feature maps. A map is 0 everywhere if nothing speaks for the class.

    Raises
    ------
    ValueError
        If the segments do not fit the network, or there is no such task, class or layer. Also if
        the layer has no time axis, as the backbone ``"mlp"``: then use
        :func:`integrated_gradients` or :func:`occlusion`.
    TypeError
        If the model is neither a module nor a classifier.
    sklearn.exceptions.NotFittedError
        If the classifier is not fitted.

    See Also
    --------
    attributions : The same with the classes and their probabilities.
    integrated_gradients : The contribution of each sample.
    deletion_curve : Whether the network needs the samples that a map marks.

    Notes
    -----
    With feature maps ``A`` (channels, length) and the logit z of the class, the map is
    ``relu(sum_k a_k A_k)``, where ``a_k`` is the mean over time of ``dz / dA_k`` (equations 1 and 2
    of [1]_). For the default layer these are the weights of the head, so that the map is the class
    activation map. One step of the feature maps of the default network is 8 samples, 80 ms.

    References
    ----------
    .. [1] R. R. Selvaraju et al., "Grad-CAM: visual explanations from deep networks via
           gradient-based localization", ICCV, 2017.

    Examples
    --------
    >>> import numpy as np
    >>> import dt4ecg
    >>> network = dt4ecg.nn.Network(seed=0)
    >>> X = np.random.default_rng(0).standard_normal((4, 1, 300))
    >>> maps = dt4ecg.explain.grad_cam(network, X, task="activity")
    >>> maps.shape, maps.min() >= 0, maps.max() <= 1
    ((4, 300), np.True_, np.True_)
    """
    asked = question("grad_cam", model, X, task, target)
    return asked.returned(grad_cam_of(asked, layer))


def grad_cam_of(asked: Question, layer: str | torch.nn.Module | None = None) -> torch.Tensor:
    """Return the maps (n, T) of a checked question."""
    return to_unit(to_segment(layer_maps(asked, layer), asked.x.shape[2]))


def layer_maps(asked: Question, layer: str | torch.nn.Module | None) -> torch.Tensor:
    """Return the maps (n, length) at the resolution of the layer, as large as they come."""
    observed = _layer(asked.network, layer)
    kept: list[torch.Tensor] = []

    def keep(_: torch.nn.Module, __: Any, output: Any) -> torch.Tensor:
        _check_output(output)
        kept.append(output.detach().requires_grad_())
        return kept[-1]  # the layers before it need no gradient

    maps = []
    handle = observed.register_forward_hook(keep)
    try:
        with differentiable(asked.network):
            for x, target in asked.batches():
                kept.clear()
                logits = asked.network(x.clone())[asked.task]
                if len(kept) != 1:
                    raise ValueError(
                        f"grad_cam: the layer runs {len(kept)} times in a forward pass, and must "
                        "run once; choose another layer"
                    )
                maps.append(_map(logits.gather(1, target[:, None]).sum(), kept[0]).cpu())
    finally:
        handle.remove()
    return torch.cat(maps)


def _map(logits: torch.Tensor, features: torch.Tensor) -> torch.Tensor:
    gradient = None
    if logits.requires_grad:
        (gradient,) = torch.autograd.grad(logits, features, allow_unused=True)
    if gradient is None:
        raise ValueError(
            "grad_cam: the logits of the task do not depend on the output of the layer; choose a "
            "layer on the way from the segment to the head"
        )
    weights = gradient.mean(2, keepdim=True)
    return (weights * features).sum(1).relu().detach()


def _layer(network: torch.nn.Module, layer: str | torch.nn.Module | None) -> torch.nn.Module:
    paths = [path for path, _ in network.named_modules() if path]
    if layer is None and isinstance(network, Network):
        return network.attention
    if isinstance(layer, torch.nn.Module):
        if any(module is layer for module in network.modules()):
            return layer
        raise ValueError("grad_cam: the layer is not a part of the network")
    if not isinstance(layer, str) or layer not in paths:
        raise ValueError(
            f"grad_cam: layer must be a path of a module of the network ({', '.join(paths[:20])}), "
            f"got {layer!r}"
        )
    return network.get_submodule(layer)


def _check_output(output: Any) -> None:
    if not isinstance(output, torch.Tensor) or output.dim() != 3:
        described = tuple(output.shape) if isinstance(output, torch.Tensor) else type(output)
        raise ValueError(
            "grad_cam: the layer must return feature maps (batch, channels, length), got "
            f"{described}; choose another layer"
        )
    if output.shape[2] < 2:
        raise ValueError(
            "grad_cam: the feature maps of the layer have no time axis, only "
            f"{tuple(output.shape[1:])} numbers per segment; use integrated_gradients or "
            "occlusion, which work on the samples"
        )
