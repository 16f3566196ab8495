"""The table of backbones and attentions: those of the core, and those registered from Python."""

from collections.abc import Callable

import torch

from dt4ecg import _core

Factory = Callable[[int, int], torch.nn.Module]

_python_backbones: dict[str, tuple[Factory, str]] = {}
_python_attentions: dict[str, tuple[Factory, str]] = {}


def backbones() -> dict[str, str]:
    """Every backbone's name and one line about it."""
    return _core.nn.backbones() | {name: text for name, (_, text) in _python_backbones.items()}


def attentions() -> dict[str, str]:
    """Every attention's name and one line about it."""
    return _core.nn.attentions() | {name: text for name, (_, text) in _python_attentions.items()}


def register_backbone(name: str, factory: Factory, summary: str = "") -> None:
    """Add a backbone written in Python under ``name``.

    ``factory(in_channels, segment_length)`` returns a module that maps segments
    (batch, in_channels, segment_length) to feature maps (batch, channels, length). To register
    the same name again replaces it, as re-running a notebook cell should; the core's own names
    cannot be taken (ValueError).
    """
    _register(_python_backbones, _core.nn.backbones(), "backbone", name, factory, summary)


def register_attention(name: str, factory: Factory, summary: str = "") -> None:
    """Add an attention written in Python under ``name``.

    ``factory(channels, length)`` returns a module that maps feature maps (batch, channels, length)
    to feature maps of the same shape. Rules as in :func:`register_backbone`.
    """
    _register(_python_attentions, _core.nn.attentions(), "attention", name, factory, summary)


def _register(table, taken, kind: str, name: str, factory: Factory, summary: str) -> None:
    if not isinstance(name, str) or not name:
        raise ValueError(f"register_{kind}: the name must be a non-empty string, got {name!r}")
    if name in taken:
        raise ValueError(
            f"register_{kind}: {name!r} is one of the core's own ({', '.join(sorted(taken))}); "
            "choose another name"
        )
    if not callable(factory):
        raise TypeError(
            f"register_{kind}: the factory must be callable, got {type(factory).__name__}"
        )
    table[name] = (factory, summary or (factory.__doc__ or "registered from Python").split("\n")[0])


def python_backbone(name: str) -> Factory | None:
    return _python_backbones[name][0] if name in _python_backbones else None


def python_attention(name: str) -> Factory | None:
    return _python_attentions[name][0] if name in _python_attentions else None
