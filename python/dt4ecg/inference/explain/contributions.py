"""Contributions of samples to a logit, computed by Captum."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from dt4ecg._common import numbers
from dt4ecg._common.extras import import_extra
from dt4ecg.inference.explain.question import Question, differentiable, question
from dt4ecg.nn import Network

STEPS = 50
WINDOWS = 20  # the default window of the occlusion is this part of the segment


def integrated_gradients(
    model: Any,
    X: Any,
    task: str | None = None,
    target: Any = None,
    steps: int = STEPS,
) -> Any:
    """Return the contribution of each sample to the logit of a class, by integrated gradients.

    Parameters
    ----------
    model, X, task, target
        As in :func:`grad_cam`.
    steps : int, default 50
        Steps of the integral.

    Returns
    -------
    contributions : array or tensor (n, leads, T)
        Their sum over leads and time is the logit of the segment less that of a flat segment of
        zeros, up to the error of the integral.

    Raises
    ------
    ImportError
        If Captum is not installed; the text gives the install command.
    ValueError, TypeError, sklearn.exceptions.NotFittedError
        As in :func:`grad_cam`.

    See Also
    --------
    occlusion : The loss of the logit where a window is removed.

    Notes
    -----
    A network that standardises its segments gives the same logits for every gain, so that the
    path from a flat segment would have no gradient. Its contributions are those of the standardised
    samples. The method is equation 1 of [1]_, computed by Captum's ``IntegratedGradients``.

    References
    ----------
    .. [1] M. Sundararajan, A. Taly, Q. Yan, "Axiomatic attribution for deep networks", ICML, 2017.

    Examples
    --------
    >>> import numpy as np
    >>> import dt4ecg
    >>> network = dt4ecg.nn.Network(seed=0)
    >>> X = np.random.default_rng(0).standard_normal((2, 1, 300))
    >>> dt4ecg.explain.integrated_gradients(network, X, task="activity", steps=8).shape
    (2, 1, 300)
    """
    captum = import_extra("captum.attr", "explain", "integrated_gradients:")
    count = numbers.integer("integrated_gradients", "steps", steps, 1, 10_000)
    asked = question("integrated_gradients", model, X, task, target)

    def contributions(
        logits: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, classes: torch.Tensor
    ) -> torch.Tensor:
        method = captum.IntegratedGradients(logits)
        found: torch.Tensor = method.attribute(
            x, target=classes, n_steps=count, internal_batch_size=max(256, len(x))
        )
        return found

    return asked.returned(_contributions(asked, contributions))


def occlusion(
    model: Any,
    X: Any,
    task: str | None = None,
    target: Any = None,
    window: int | None = None,
    stride: int | None = None,
) -> Any:
    """Return how much the logit of a class falls where a window of the segment is removed.

    Parameters
    ----------
    model, X, task, target
        As in :func:`grad_cam`.
    window : int, optional
        Samples of the window, which covers all leads. The default is a twentieth of the segment.
    stride : int, optional
        Samples from a window to the next. The default is half a window.

    Returns
    -------
    falls : array or tensor (n, leads, T)
        For each sample the mean fall over the windows that contain it. Negative where the logit
        rises. Removed samples have the mean of their lead.

    Raises
    ------
    ImportError
        If Captum is not installed; the text gives the install command.
    ValueError
        If the window is longer than the segment, or the stride longer than the window; else as in
        :func:`grad_cam`.
    TypeError, sklearn.exceptions.NotFittedError
        As in :func:`grad_cam`.

    See Also
    --------
    integrated_gradients : The contribution of each sample.

    References
    ----------
    M. D. Zeiler, R. Fergus, "Visualizing and understanding convolutional networks", ECCV, 2014,
    section 4.2. Computed by Captum's ``Occlusion``.

    Examples
    --------
    >>> import numpy as np
    >>> import dt4ecg
    >>> network = dt4ecg.nn.Network(seed=0)
    >>> X = np.random.default_rng(0).standard_normal((2, 1, 300))
    >>> dt4ecg.explain.occlusion(network, X, task="activity", window=30).shape
    (2, 1, 300)
    """
    captum = import_extra("captum.attr", "explain", "occlusion:")
    asked = question("occlusion", model, X, task, target)
    leads, samples = asked.x.shape[1:]
    if window is None:
        window = max(1, samples // WINDOWS)
    window = numbers.integer("occlusion", "window", window, 1, samples)
    step = max(1, window // 2) if stride is None else stride
    step = numbers.integer("occlusion", "stride", step, 1, window)

    def falls(
        logits: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor, classes: torch.Tensor
    ) -> torch.Tensor:
        found: torch.Tensor = captum.Occlusion(logits).attribute(
            x,
            sliding_window_shapes=(leads, window),
            strides=(leads, step),
            baselines=x.mean(2, keepdim=True).expand_as(x),
            target=classes,
        )
        return found

    return asked.returned(_contributions(asked, falls))


Method = Callable[
    [Callable[[torch.Tensor], torch.Tensor], torch.Tensor, torch.Tensor], torch.Tensor
]


def _contributions(asked: Question, method: Method) -> torch.Tensor:
    """Apply a method of Captum to parts of the segments."""
    network, found = asked.network, []
    with differentiable(network):
        for x, classes in asked.batches():
            if isinstance(network, Network) and network.standardize is not None:
                x = network.standardize(x.clone()).detach()
            found.append(method(lambda part: _logits(network, part)[asked.task], x, classes).cpu())
    return torch.cat([part.detach() for part in found])


def _logits(network: torch.nn.Module, x: torch.Tensor) -> dict[str, torch.Tensor]:
    """Return the logits of segments that are standardised already where the network does that."""
    if not isinstance(network, Network) or network.standardize is None:
        outputs: dict[str, torch.Tensor] = network(x)
        return outputs
    logits: dict[str, torch.Tensor] = network.heads(
        network.pool(network.attention(network.backbone(x)))
    )
    return logits
