"""A network in a training that looks at its class activation maps."""

from __future__ import annotations

from collections.abc import Mapping

import torch

from dt4ecg import _core
from dt4ecg.nn.contexts import keep_modes
from dt4ecg.nn.network import Network
from dt4ecg.nn.stage import Stage


class MapNetwork(torch.nn.Module):
    """A network that returns the class activation maps of its tasks in place of logits.

    Standardisation, backbone and attention are those of the network itself. A convolution of kernel
    1 with the weights of the heads takes the place of pooling and heads. So the logits are the
    means of the maps over time, and a loss can look at the maps. Further outputs of the pooled
    features, for training only, belong to this module and not to the network.

    Parameters
    ----------
    network : Network
        Its parts are trained. The constructor sets the biases of the heads to 0, and
        :meth:`write_heads` copies the trained weights back.
    auxiliary : dict of str to int, optional
        Names and numbers of outputs of linear layers on the pooled features. Their parameters
        begin at 0.

    Attributes
    ----------
    length : int
        Time steps of the maps.
    classes : dict of str to int
        Number of classes of each task.

    Raises
    ------
    ValueError
        If the feature maps have no time axis, or an auxiliary output has the name of a task.

    See Also
    --------
    dt4ecg.training.guidance.GuidanceLoss : A loss of such maps.

    Notes
    -----
    The maps are those of Grad-CAM, before the rectification, for the layer before the pooling: the
    gradient of a logit with respect to these features is the weight of the head divided by the
    number of time steps. So a loss of the maps needs no second derivatives.

    Examples
    --------
    >>> import torch
    >>> import dt4ecg
    >>> network = dt4ecg.nn.Network(tasks={"activity": 3}, seed=0)
    >>> training = dt4ecg.nn.MapNetwork(network, {"rhythm": 17})
    >>> {name: tuple(x.shape) for name, x in training(torch.zeros(2, 1, 300)).items()}
    {'activity': (2, 114), 'rhythm': (2, 17)}
    """

    def __init__(self, network: Network, auxiliary: Mapping[str, int] | None = None) -> None:
        super().__init__()
        self.classes = dict(network.tasks)
        outputs = dict(auxiliary or {})
        if both := set(outputs) & set(self.classes):
            raise ValueError(
                f"MapNetwork: {sorted(both)[0]!r} is a task of the network; choose another name "
                "for the auxiliary output"
            )
        self.standardize = network.standardize
        self.backbone = network.backbone
        self.attention = network.attention
        channels, self.length = _shape(network)
        if self.length < 2:
            raise ValueError(
                "MapNetwork: the feature maps of the backbone "
                f"{network.spec['backbone']!r} have no time axis; choose a backbone of convolutions"
            )
        self.maps = Stage(_core.nn.Graph.parse(self._graph(channels, outputs)))
        self._names = (*self.classes, *outputs)
        self._heads = [network.heads]  # in a list, so that it is not a part of this module
        with torch.no_grad():
            for parameter in self.maps.parameters():  # auxiliary layers begin at 0, without a seed
                parameter.zero_()
            for task in self.classes:
                head = network.heads.get_parameter(f"{task}.weight")
                self._weight(task).copy_(head[:, :, None])
                network.heads.get_parameter(f"{task}.bias").zero_()

    def _graph(self, channels: int, auxiliary: Mapping[str, int]) -> str:
        lines = [f"input channels={channels} length={self.length}"]
        found, outputs = 0, []
        for number, classes in enumerate(self.classes.values()):
            lines += [
                f"conv task{number} 0 bias=0 channels={classes} kernel=1",
                f"flatten task{number}_values {found + 1}",
                f"mean_pool task{number}_row {found + 2}",  # of one step: drops the time axis
            ]
            found += 3
            outputs.append(found)
        for number, values in enumerate(auxiliary.values()):
            lines += [
                f"mean_pool auxiliary{number}_pool 0",
                f"linear auxiliary{number} {found + 1} outputs={values}",
            ]
            found += 2
            outputs.append(found)
        return "\n".join([*lines, f"output {','.join(map(str, outputs))}", ""])

    def _weight(self, task: str) -> torch.nn.Parameter:
        return self.maps.get_parameter(f"task{[*self.classes].index(task)}.weight")

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        """Return flattened maps (batch, classes * length) of each task, and auxiliary outputs."""
        if self.standardize is not None:
            x = self.standardize(x)
        outputs = self.maps.run(self.attention(self.backbone(x)))
        return dict(zip(self._names, outputs, strict=True))

    def write_heads(self) -> None:
        """Give the heads of the network the trained weights.

        Examples
        --------
        >>> import dt4ecg
        >>> network = dt4ecg.nn.Network(tasks={"activity": 3}, seed=0)
        >>> training = dt4ecg.nn.MapNetwork(network)
        >>> training.write_heads()
        """
        heads = self._heads[0]
        with torch.no_grad():
            for task in self.classes:
                weight = self._weight(task)
                heads.to(weight.device)
                heads.get_parameter(f"{task}.weight").copy_(weight[:, :, 0])


def _shape(network: Network) -> tuple[int, int]:
    """Return channels and length of the feature maps before the pooling."""
    segment = (network.spec["in_channels"], network.spec["segment_length"])
    device = next(network.parameters()).device
    with keep_modes(network), torch.no_grad():
        network.eval()
        x = torch.zeros(1, *segment, device=device)
        if network.standardize is not None:
            x = network.standardize(x)
        features = network.attention(network.backbone(x))
    return features.shape[1], features.shape[2]
