"""Start a training from an encoder, which has learned from other segments without this task."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from typing import Any

import torch
from sklearn.utils.validation import check_is_fitted

from dt4ecg.inference import ECGEncoder
from dt4ecg.nn import Network
from dt4ecg.storage import container, encoder_file
from dt4ecg.storage.shipped import is_shipped, shipped_file
from dt4ecg.training.pretraining.base import Pretraining

Parameters = Mapping[str, torch.Tensor]
_TWO_VIEWS = ("gated", "co_attention")


def as_networks(init: Any) -> list[Network] | None:
    """Return the networks of one or several encoders; None if `init` is something else.

    Parameters
    ----------
    init : path, name, ECGEncoder, fitted pre-training, or a list or tuple of them
    """
    several = init if isinstance(init, list | tuple) else [init]
    found = [_network(one) for one in several]
    networks = [network for network in found if network is not None]
    if len(networks) < len(found) and isinstance(init, list | tuple):
        raise ValueError(
            "fit: each entry of init must be an encoder: a fitted object of dt4ecg.pretraining, an "
            "ECGEncoder, or the file or name of one"
        )
    return networks or None


def take_over(network: Network, encoders: list[Network]) -> None:
    """Give a new network the parameters of encoders.

    The backbone must be that of the encoder. The attention is taken over if it has the same name
    and shapes; otherwise it keeps its initial parameters, as the heads do.

    Raises
    ------
    ValueError
        If a backbone differs, two encoders have the same part, or leads or segment length do not
        allow its parameters.

    Warns
    -----
    UserWarning
        If an encoder standardises segments and the network does not, or the other way round.
    """
    backbone = network.spec["backbone"]
    own = network.state_dict()
    taken: dict[str, torch.Tensor] = {}
    targets: set[str] = set()
    for encoder in encoders:
        spec, parameters = encoder.spec, encoder.state_dict()
        target = f"backbone.{_part(backbone, spec['backbone'])}"
        if target in targets:
            raise ValueError(
                f"fit: init has several encoders with the backbone {spec['backbone']!r}, of which "
                f"{backbone!r} takes one; pass one of them"
            )
        targets.add(target)
        _warn_of_scale(network, encoder)
        for name, value in parameters.items():
            if name.startswith("backbone."):
                new = target + name.removeprefix("backbone.")
                taken[new] = _fitted(new, value, own, network, encoder)
            elif name.startswith("attention.") and _same_attention(name, value, network, encoder):
                taken[name] = value
    network.load_state_dict(own | taken)


def _warn_of_scale(network: Network, encoder: Network) -> None:
    encoded = bool(encoder.spec.get("standardize", False))
    if encoded != bool(network.spec.get("standardize", False)):
        does = ("standardises", "does not", "strong")
        does_not = ("does not standardise", "does", "paper")
        of_init, of_recipe, recipe = does if encoded else does_not
        warnings.warn(
            f"fit: init {of_init} its segments, which this recipe {of_recipe}; choose "
            f"recipe={recipe!r}",
            stacklevel=6,  # of the caller of fit, which has a decorator
        )


def _part(backbone: str, encoder: str) -> str:
    """Return the prefix of the parameters in the backbone that take an encoder's backbone."""
    if backbone == encoder:
        return ""
    if backbone in _TWO_VIEWS and encoder in ("resnet", "spectrogram"):
        return "spectrogram." if encoder == "spectrogram" else "segment."
    raise ValueError(
        f"fit: init has the backbone {encoder!r}, this classifier {backbone!r}; set "
        f"backbone={encoder!r}, or pre-train the backbone {backbone!r}"
    )


def _fitted(
    name: str, value: torch.Tensor, own: Parameters, network: Network, encoder: Network
) -> torch.Tensor:
    """Return a parameter in the shape of the network, with weights for more leads."""
    wanted = own[name].shape
    if value.shape == wanted:
        return value
    leads, before = network.spec["in_channels"], encoder.spec["in_channels"]
    if before == 1 and leads > 1:
        if value.dim() == 1 and len(value) == 1:
            return value.expand(wanted)  # the batch norm of the input
        if value.dim() > 1 and (value.shape[0], leads) == tuple(wanted[:2]):
            spread: torch.Tensor = value.expand(wanted) / leads  # the first convolution
            return spread
    raise ValueError(
        f"fit: {name} has the shape {tuple(value.shape)} in init and {tuple(wanted)} here: init "
        f"has {before} leads of {encoder.spec['segment_length']} samples, X {leads} of "
        f"{network.spec['segment_length']}; choose the leads of init, or cut the segments as for "
        "init"
    )


def _same_attention(name: str, value: torch.Tensor, network: Network, encoder: Network) -> bool:
    own = network.state_dict()
    return (
        network.spec["attention"] == encoder.spec["attention"]
        and name in own
        and own[name].shape == value.shape
    )


def _network(init: Any) -> Network | None:
    if isinstance(init, Pretraining):
        check_is_fitted(init)
        return init.network_
    if isinstance(init, ECGEncoder):
        return init.network
    if not isinstance(init, str | os.PathLike):
        return None
    if is_shipped(init):
        with shipped_file(str(init)) as path:
            return encoder_file.read(path).network
    if container.read(init)[1].get("kind") in encoder_file.KINDS:
        return encoder_file.read(init).network
    return None
