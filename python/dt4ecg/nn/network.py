"""The network of the paper (section IV-D): backbone, attention, global average pooling, heads."""

from collections import OrderedDict
from collections.abc import Mapping
from contextlib import nullcontext
from functools import partial
from typing import Any

import torch

from dt4ecg import _core
from dt4ecg._common import numbers
from dt4ecg.nn import registry
from dt4ecg.nn.checks import checked_tasks, flag, known_name
from dt4ecg.nn.contexts import keep_modes, seeded
from dt4ecg.nn.stage import Heads, Stage

_integer = partial(numbers.integer, "Network")


class Network(torch.nn.Module):
    """Segments (batch, in_channels, segment_length) to ``{task: logits (batch, classes)}``.

    Parameters
    ----------
    backbone, attention : str
        Names of :func:`dt4ecg.nn.backbones` and :func:`dt4ecg.nn.attentions`. The default is the
        paper's DT4ECG: a stem convolution, three residual modules, SCA.
    tasks : dict of str to int
        Number of classes per task, in the order of the labels' columns.
    in_channels : int
        Leads per segment.
    segment_length : int
        Samples per segment; the paper's 3 s at 100 Hz are 300.
    seed : int, optional
        Seed of the initial values; torch's default generator if not given.
    standardize : bool
        Not the paper's: give each lead of a segment mean 0 and variance 1 before all else, so that
        gain and offset of the electrodes do not matter. A flat lead becomes 0.

    Children: [``standardize``,] ``backbone``, ``attention``, ``pool``, ``heads``; each takes
    forward hooks.
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
            self.backbone, shape = _backbone(backbone, *segment, generator)
            self.attention = _attention(attention, shape, generator)
        self.pool = Stage(_core.nn.pooling(*shape))
        self.heads = Heads(shape[0], self.tasks, generator)

    @property
    def tasks(self) -> dict[str, int]:
        """Number of classes per task."""
        return self.spec["tasks"]

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        """Logits per task; softmax them for probabilities."""
        return self.heads(self.embed(x))

    def embed(self, x: torch.Tensor) -> torch.Tensor:
        """Pooled features (batch, channels) that all heads share."""
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
        return self.pool(self.attention(self.backbone(x)))

    def parts(self) -> dict[str, dict[str, int]]:
        """Parameters and multiply-adds per segment of each part.

        Multiply-adds of parts written in Python are not known and left out.
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
        """Multiply-adds per segment of all parts."""
        return sum(part["multiply_adds"] for part in self.parts().values())

    def extra_repr(self) -> str:
        return ", ".join(f"{key}={value!r}" for key, value in self.spec.items())


def _backbone(name, in_channels, segment_length, generator):
    known_name("backbone", name, registry.backbones())
    factory = registry.python_backbone(name)
    if factory is None:
        stages = OrderedDict(
            (stage, Stage(graph, generator))
            for stage, graph in _core.nn.backbone(name, in_channels, segment_length)
        )
        last = _core.nn.Graph.parse(next(reversed(stages.values())).graph)
        return torch.nn.Sequential(stages), last.output_shapes[0]
    module = factory(in_channels, segment_length)
    shape = _features(module, (in_channels, segment_length))
    if len(shape) != 2:
        raise ValueError(
            f"backbone {name!r}: must return feature maps (batch, channels, length), got a "
            f"tensor of shape (batch, {', '.join(map(str, shape))})"
        )
    return module, shape


def _attention(name, shape, generator):
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
    """Shape without batch that ``module`` gives; in eval mode, so that nothing is updated."""
    if not isinstance(module, torch.nn.Module):
        raise TypeError(f"Network: a factory must return a torch.nn.Module, got {module!r}")
    with keep_modes(module), torch.no_grad():
        return tuple(module.eval()(torch.zeros(2, *shape)).shape[1:])
