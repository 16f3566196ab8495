"""The weights that the attention SCA gives to channels and time steps of segments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from dt4ecg.nn import Network


@dataclass(frozen=True, eq=False)
class ScaWeights:
    """Weights of SCA between 0 and 1. The attention multiplies feature maps by both.

    Attributes
    ----------
    channels : float32 array (n, channels)
        Weight of each channel of each segment.
    steps : float32 array (n, length)
        Weight of each time step of the feature map.

    See Also
    --------
    sca_weights : Makes them.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg import inference, nn
    >>> inference.sca_weights(nn.Network(seed=0), np.zeros((2, 1, 300))).channels.shape
    (2, 128)
    """

    channels: NDArray[np.float32]
    steps: NDArray[np.float32]


def sca_weights(model: Network | Any, X: ArrayLike | torch.Tensor) -> ScaWeights:
    """Return the weights that a network with the attention SCA gives to segments.

    With the feature map F (channels, length) of the backbone, the channel weights are
    a = sigmoid(W_c mean_t(F) + b_c), and the weights of the time steps are
    b = sigmoid(W_s mean_c(F a) + b_s). The attention returns F a b.

    Parameters
    ----------
    model : Network or DT4ECGClassifier
        With ``attention="sca"``; it is used in eval mode.
    X : array-like or tensor (n, leads, segment_length)
        The segments.

    Returns
    -------
    ScaWeights

    Raises
    ------
    ValueError
        If the network has another attention, or the segments have another shape or samples that
        are not finite.

    See Also
    --------
    dt4ecg.plots.sca_weights : Draws the weights below a segment.

    References
    ----------
    S. You et al., 2025, section IV-C.

    Examples
    --------
    >>> import numpy as np
    >>> from dt4ecg import inference, nn
    >>> found = inference.sca_weights(nn.Network(seed=0), np.zeros((2, 1, 300)))
    >>> found.steps.shape, bool((found.steps > 0).all())
    ((2, 38), True)
    """
    from dt4ecg.nn.contexts import keep_modes

    network: Network = getattr(model, "network_", model)
    name = getattr(network, "spec", {}).get("attention")
    if name != "sca":
        raise ValueError(f"sca_weights: needs a network with attention='sca', got {name!r}")
    x = torch.as_tensor(np.asarray(X) if not isinstance(X, torch.Tensor) else X)
    shape = (network.spec["in_channels"], network.spec["segment_length"])
    if x.dim() != 3 or tuple(x.shape[1:]) != shape:
        raise ValueError(
            f"sca_weights: X must have shape (n, {shape[0]}, {shape[1]}), got {tuple(x.shape)}"
        )
    if not torch.isfinite(x).all():
        raise ValueError("sca_weights: samples must be finite; leave out segments with NaN")
    with keep_modes(network), torch.no_grad():
        network.eval()
        first = next(network.parameters())
        x = x.to(device=first.device, dtype=first.dtype)
        features = network.backbone(x if network.standardize is None else network.standardize(x))
        (wc, bc, ws, bs), _ = network.attention.tensors()  # type: ignore[operator]
        a = torch.sigmoid(features.mean(2) @ wc[:, :, 0].T + bc)
        b = torch.sigmoid((features * a[:, :, None]).mean(1) @ ws.T + bs)
    return ScaWeights(a.cpu().numpy(), b.cpu().numpy())
