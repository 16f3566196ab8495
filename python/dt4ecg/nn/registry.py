"""The table of backbones and attentions: those of the core, and those registered from Python."""

import importlib
from collections.abc import Callable, Iterable

import torch

from dt4ecg import _core
from dt4ecg.nn import multiresolution, recurrent

Factory = Callable[[int, int], torch.nn.Module]

_OWN_BACKBONES: dict[str, tuple[Factory, str]] = {
    "gru": (recurrent.gru, "one layer of 64 gated units over time (Cho et al. 2014)"),
    "multiresolution": (multiresolution.multiresolution, multiresolution.SUMMARY),
}
_python_backbones: dict[str, tuple[Factory, str]] = {}
_python_attentions: dict[str, tuple[Factory, str]] = {}
_ON_DEMAND = {  # backbones of the package in Python: their module is imported when they are built
    "spectrogram": ("dt4ecg.nn.two_views", "Spectrogram"),
    "gated": ("dt4ecg.nn.two_views", "Gated"),
    "co_attention": ("dt4ecg.nn.two_views", "CoAttention"),
}


def backbones() -> dict[str, str]:
    """Return the name of every backbone with a one-line summary.

    Returns
    -------
    dict of str to str
        Summaries by name: the core's backbones, then those written in Python. The backbones of
        :mod:`dt4ecg.nn.two_views` are not listed, because they need segments of at least 25
        samples.

    Examples
    --------
    >>> import dt4ecg
    >>> "resnet" in dt4ecg.nn.backbones()
    True
    """
    in_python = _OWN_BACKBONES | _python_backbones
    return _core.nn.backbones() | {name: text for name, (_, text) in in_python.items()}


def attentions() -> dict[str, str]:
    """Return the name of every attention with a one-line summary.

    Returns
    -------
    dict of str to str
        Summaries by name: the core's attentions, then those of :func:`register_attention`.

    Examples
    --------
    >>> import dt4ecg
    >>> "sca" in dt4ecg.nn.attentions()
    True
    """
    return _core.nn.attentions() | {name: text for name, (_, text) in _python_attentions.items()}


def register_backbone(name: str, factory: Factory, summary: str = "") -> None:
    """Add a backbone written in Python.

    Parameters
    ----------
    name : str
        Name for ``Network(backbone=...)``. Registering a name again replaces the earlier factory,
        so a notebook cell can run twice. The names of the package cannot be replaced.
    factory : callable
        ``factory(in_channels, segment_length)`` returns a module that maps segments
        (batch, in_channels, segment_length) to feature maps (batch, channels, length).
    summary : str, optional
        One line for :func:`backbones`; by default the first line of the factory's docstring.

    Raises
    ------
    ValueError
        If the name is empty or belongs to the package.
    TypeError
        If the factory cannot be called.

    Notes
    -----
    A model file stores the name only. Register the backbone before you load the file.

    Examples
    --------
    >>> import torch
    >>> import dt4ecg
    >>> def one_convolution(in_channels, segment_length):
    ...     return torch.nn.Sequential(torch.nn.Conv1d(in_channels, 8, 7), torch.nn.ReLU())
    >>> dt4ecg.nn.register_backbone("one_convolution", one_convolution, "a single convolution")
    >>> network = dt4ecg.nn.Network("one_convolution", "none", segment_length=30)
    >>> network(torch.zeros(2, 1, 30))["activity"].shape
    torch.Size([2, 3])
    """
    taken = _core.nn.backbones().keys() | _OWN_BACKBONES | _ON_DEMAND.keys()
    _register(_python_backbones, taken, "backbone", name, factory, summary)


def register_attention(name: str, factory: Factory, summary: str = "") -> None:
    """Add an attention written in Python.

    Parameters
    ----------
    name : str
        Name for ``Network(attention=...)``, with the rules of :func:`register_backbone`.
    factory : callable
        ``factory(channels, length)`` returns a module that maps feature maps
        (batch, channels, length) to feature maps of the same shape.
    summary : str, optional
        One line for :func:`attentions`; by default the first line of the factory's docstring.

    Raises
    ------
    ValueError
        If the name is empty or belongs to the core.
    TypeError
        If the factory cannot be called.

    Examples
    --------
    >>> import torch
    >>> import dt4ecg
    >>> def mixing(channels, length):
    ...     '''A convolution of kernel 1.'''
    ...     return torch.nn.Conv1d(channels, channels, 1)
    >>> dt4ecg.nn.register_attention("mixing", mixing)
    >>> dt4ecg.nn.attentions()["mixing"]
    'A convolution of kernel 1.'
    """
    _register(_python_attentions, _core.nn.attentions(), "attention", name, factory, summary)


def python_backbone(name: str) -> Factory | None:
    """Return the factory of a backbone written in Python; None for a backbone of the core."""
    found = _OWN_BACKBONES | _python_backbones
    if name in _ON_DEMAND:
        module, factory = _ON_DEMAND[name]
        built: Factory = getattr(importlib.import_module(module), factory)
        return built
    return found[name][0] if name in found else None


def known_backbones() -> dict[str, str]:
    """Return :func:`backbones` and those of :mod:`dt4ecg.nn.two_views`, which are not listed."""
    return backbones() | dict.fromkeys(_ON_DEMAND, "see dt4ecg.nn.two_views")


def python_attention(name: str) -> Factory | None:
    """Return the factory of a registered attention; None for an attention of the core."""
    return _python_attentions[name][0] if name in _python_attentions else None


def _register(
    table: dict[str, tuple[Factory, str]],
    taken: Iterable[str],
    kind: str,
    name: str,
    factory: Factory,
    summary: str,
) -> None:
    if not isinstance(name, str) or not name:
        raise ValueError(f"register_{kind}: the name must be a non-empty string, got {name!r}")
    if name in taken:
        raise ValueError(
            f"register_{kind}: {name!r} is one of the package's own ({', '.join(sorted(taken))}); "
            "choose another name"
        )
    if not callable(factory):
        raise TypeError(
            f"register_{kind}: the factory must be callable, got {type(factory).__name__}"
        )
    table[name] = (factory, summary or (factory.__doc__ or "registered from Python").split("\n")[0])
