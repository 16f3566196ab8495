"""The network of the paper (section IV-D): backbone, attention, global average pooling, heads."""

from collections import OrderedDict
from collections.abc import Mapping
from contextlib import nullcontext
from functools import partial
from typing import Any

import torch

from dt4ecg import _core
from dt4ecg._common import numbers
from dt4ecg._common.tables import html_facts, html_table
from dt4ecg.nn import registry
from dt4ecg.nn.checks import checked_tasks, flag, known_name
from dt4ecg.nn.contexts import keep_modes, seeded
from dt4ecg.nn.stage import Heads, Stage

_integer = partial(numbers.integer, "Network")


class Network(torch.nn.Module):
    """The paper's network: backbone, attention, global average pooling, one linear head per task.

    It maps segments (batch, in_channels, segment_length) to ``{task: logits (batch, classes)}``.
    The children ``standardize`` (optional), ``backbone``, ``attention``, ``pool`` and ``heads`` run
    in this order; each takes forward hooks.

    Parameters
    ----------
    backbone : str, default "resnet"
        A name of :func:`backbones`. The default is the paper's: a stem convolution and three
        residual modules.
    attention : str, default "sca"
        A name of :func:`attentions`. The default is the paper's: sequence-channel attention.
    tasks : dict of str to int, optional
        Number of classes of each task, in the order of the label columns. By default those of the
        paper, ``{"identity": 15, "activity": 3}``.
    in_channels : int, default 1
        Number of leads.
    segment_length : int, default 300
        Samples of a segment. The default is the paper's, 3 s at 100 Hz.
    seed : int, optional
        Seed of the initial parameters. By default they come from torch's default generator.
    standardize : bool, default False
        Scale each lead of a segment to mean 0 and variance 1 first, so that gain and offset of the
        electrodes have no effect. A constant lead becomes 0. The paper does not do this.

    Attributes
    ----------
    spec : dict
        The arguments that describe the architecture; ``Network(**network.spec)`` builds it again.

    Raises
    ------
    ValueError
        If an argument is outside its legal range.
    TypeError
        If a registered factory does not return a module.

    See Also
    --------
    dt4ecg.Trainer : Trains the network.
    dt4ecg.inference.Inference : Predicts with a trained network.

    References
    ----------
    S. You et al., 2025, section IV-D.

    Examples
    --------
    >>> import torch
    >>> import dt4ecg
    >>> network = dt4ecg.nn.Network(tasks={"identity": 15, "activity": 3}, seed=0)
    >>> logits = network(torch.zeros(2, 1, 300))
    >>> {task: tuple(values.shape) for task, values in logits.items()}
    {'identity': (2, 15), 'activity': (2, 3)}
    >>> network.embed(torch.zeros(2, 1, 300)).shape
    torch.Size([2, 128])
    """

    def __init__(
        self,
        backbone: str = "resnet",
        attention: str = "sca",
        tasks: Mapping[str, int] | None = None,
        in_channels: int = 1,
        segment_length: int = 300,
        seed: int | None = None,
        standardize: bool = False,
    ):
        super().__init__()
        self.spec: dict[str, Any] = {
            "backbone": backbone,
            "attention": attention,
            "tasks": checked_tasks({"identity": 15, "activity": 3} if tasks is None else tasks),
            "in_channels": _integer("in_channels", in_channels, 1, _core.nn.MOST_CHANNELS),
            "segment_length": _integer("segment_length", segment_length, 1, _core.nn.LONGEST),
            "standardize": flag("standardize", standardize),
        }
        seed = None if seed is None else _integer("seed", seed, 0)
        generator = None if seed is None else torch.Generator().manual_seed(seed)
        segment = (self.spec["in_channels"], self.spec["segment_length"])
        self.standardize = Stage(_core.nn.standardization(*segment)) if standardize else None
        with nullcontext() if seed is None else seeded(seed):
            self.backbone, shape = _backbone(backbone, self._factory(backbone), *segment, generator)
            self.attention = _attention(attention, shape, generator)
        self.pool = Stage(_core.nn.pooling(*shape))
        self.heads = Heads(shape[0], self.tasks, generator)

    def _factory(self, backbone: str) -> registry.Factory | None:
        """Return the factory of a backbone written in Python; a subclass may have its own."""
        known_name("backbone", backbone, registry.known_backbones())
        return registry.python_backbone(backbone)

    @property
    def tasks(self) -> dict[str, int]:
        """Number of classes of each task."""
        tasks: dict[str, int] = self.spec["tasks"]
        return tasks

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        """Return ``{task: logits (batch, classes)}`` of segments.

        The softmax of the logits is the probability of each class.
        """
        logits: dict[str, torch.Tensor] = self.heads(self.embed(x))
        return logits

    def embed(self, x: torch.Tensor) -> torch.Tensor:
        """Return the pooled features of segments, which all heads share.

        Parameters
        ----------
        x : Tensor (batch, leads, segment_length)

        Returns
        -------
        Tensor (batch, channels)

        Examples
        --------
        >>> import torch
        >>> from dt4ecg.nn import Network
        >>> network = Network(tasks={"identity": 15, "activity": 3}).eval()
        >>> network.embed(torch.zeros(2, 1, 300)).shape
        torch.Size([2, 128])
        """
        if not isinstance(x, torch.Tensor):
            raise TypeError(
                "Network: takes segments as a torch.Tensor (batch, leads, samples), got "
                f"{type(x).__name__}; convert them with torch.as_tensor"
            )
        expected = (self.spec["in_channels"], self.spec["segment_length"])
        if x.dim() != 3 or tuple(x.shape[1:]) != expected:
            raise ValueError(
                f"Network: takes segments (batch, {expected[0]}, {expected[1]}), got "
                f"{tuple(x.shape)}; the number of leads and the segment length are fixed when the "
                "network is built (SCA's fully connected layer has one weight per pair of time "
                "steps): resample or cut the segments, or build another Network"
            )
        if self.standardize is not None:
            x = self.standardize(x)
        features: torch.Tensor = self.pool(self.attention(self.backbone(x)))
        return features

    def parts(self) -> dict[str, dict[str, int]]:
        """Return the number of parameters and of multiply-adds of each child.

        Returns
        -------
        dict of str to dict
            For each child ``parameters``, and ``multiply_adds`` per segment. The latter leave out
            parts written in Python.

        Examples
        --------
        >>> import dt4ecg
        >>> dt4ecg.nn.Network().parts()["heads"]
        {'parameters': 2322, 'multiply_adds': 2304}
        """
        found = {}
        for name, child in self.named_children():
            stages = [module for module in child.modules() if isinstance(module, Stage)]
            found[name] = {
                "parameters": sum(parameter.numel() for parameter in child.parameters()),
                "multiply_adds": sum(stage.multiply_adds for stage in stages),
            }
        return found

    @property
    def multiply_adds(self) -> int:
        """Multiply-adds per segment of all children, without parts written in Python."""
        return sum(part["multiply_adds"] for part in self.parts().values())

    def _repr_html_(self) -> str:
        parts = self.parts()
        counts = {
            name.replace("_", "-"): [part[name] for part in parts.values()]
            for name in ("parameters", "multiply_adds")
        }
        return html_facts("Network", self.spec) + html_table("Parts", {"part": [*parts], **counts})

    def extra_repr(self) -> str:
        """Return the architecture for ``repr``."""
        return ", ".join(f"{key}={value!r}" for key, value in self.spec.items())


def _backbone(
    name: str,
    factory: registry.Factory | None,
    in_channels: int,
    segment_length: int,
    generator: torch.Generator | None,
) -> tuple[torch.nn.Module, tuple[int, int]]:
    """Build a backbone; return it and the shape (channels, length) of its feature maps."""
    if factory is None:
        graphs = _core.nn.backbone(name, in_channels, segment_length)
        stages: OrderedDict[str, torch.nn.Module] = OrderedDict(
            (stage, Stage(graph, generator)) for stage, graph in graphs
        )
        return torch.nn.Sequential(stages), graphs[-1][1].output_shapes[0]
    module = factory(in_channels, segment_length)
    shape = _features(module, (in_channels, segment_length))
    if len(shape) != 2:
        raise ValueError(
            f"backbone {name!r}: must return feature maps (batch, channels, length), got a "
            f"tensor of shape (batch, {', '.join(map(str, shape))})"
        )
    return module, (shape[0], shape[1])


def _attention(
    name: str, shape: tuple[int, int], generator: torch.Generator | None
) -> torch.nn.Module:
    """Build an attention for feature maps of the shape (channels, length)."""
    known_name("attention", name, registry.attentions())
    factory = registry.python_attention(name)
    if factory is None:
        return Stage(_core.nn.attention(name, *shape), generator)
    module = factory(*shape)
    found = _features(module, shape)
    if found != tuple(shape):
        raise ValueError(
            f"attention {name!r}: must keep the shape (batch, {shape[0]}, {shape[1]}), got "
            f"(batch, {', '.join(map(str, found))})"
        )
    return module


def _features(module: torch.nn.Module, shape: tuple[int, int]) -> tuple[int, ...]:
    """Return the shape, without the batch, of the output of ``module`` for inputs of ``shape``.

    The module runs in eval mode, so that its buffers do not change.
    """
    if not isinstance(module, torch.nn.Module):
        raise TypeError(f"Network: a factory must return a torch.nn.Module, got {module!r}")
    with keep_modes(module), torch.no_grad():
        return tuple(module.eval()(torch.zeros(2, *shape)).shape[1:])
