"""The peer: DT4ECG and its GradNorm step as one writes them in plain PyTorch."""

import torch
from torch import nn

from dt4ecg.nn import Network


class ResidualModule(nn.Module):
    def __init__(self, channels_in: int, channels: int, stride: int):
        super().__init__()
        self.conv1 = nn.Conv1d(channels_in, channels, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm1d(channels)
        self.conv2 = nn.Conv1d(channels, channels, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm1d(channels)
        same = channels_in == channels and stride == 1
        self.projection = (
            nn.Identity()
            if same
            else nn.Sequential(
                nn.Conv1d(channels_in, channels, 1, stride, bias=False), nn.BatchNorm1d(channels)
            )
        )

    def forward(self, x):
        y = torch.relu(self.norm1(self.conv1(x)))
        return torch.relu(self.norm2(self.conv2(y)) + self.projection(x))


class SCA(nn.Module):
    def __init__(self, channels: int, length: int):
        super().__init__()
        self.channel = nn.Conv1d(channels, channels, 1)
        self.sequence = nn.Linear(length, length)

    def forward(self, x):
        x = x * torch.sigmoid(self.channel(x.mean(2, keepdim=True)))
        return x * torch.sigmoid(self.sequence(x.mean(1, keepdim=True)))


class PlainNetwork(nn.Module):
    """Normalised input, stem, three residual modules, SCA, global average pooling, two heads."""

    def __init__(self, stem, channels, strides, tasks, segment_length=300):
        super().__init__()
        self.stem = nn.Sequential(
            nn.BatchNorm1d(1),
            nn.Conv1d(1, stem, 7, 1, 3, bias=False),
            nn.BatchNorm1d(stem),
            nn.ReLU(),
        )
        modules, width, length = [], stem, segment_length
        for wide, stride in zip(channels, strides, strict=True):
            modules.append(ResidualModule(width, wide, stride))
            width, length = wide, (length - 1) // stride + 1
        self.residual = nn.Sequential(*modules)
        self.attention = SCA(width, length)
        self.heads = nn.ModuleDict({task: nn.Linear(width, n) for task, n in tasks.items()})

    def shared(self) -> list[nn.Parameter]:
        return [p for name, p in self.named_parameters() if not name.startswith("heads.")]

    def last_shared(self) -> list[nn.Parameter]:
        return list(self.attention.sequence.parameters())

    def forward(self, x):
        features = self.attention(self.residual(self.stem(x))).mean(2)
        return {task: head(features) for task, head in self.heads.items()}


SHAPES = {
    "resnet": {"stem": 32, "channels": (32, 64, 128), "strides": (2, 2, 2)},
    "resnet_wide": {"stem": 64, "channels": (64, 64, 64), "strides": (1, 1, 1)},
}


def plain_copy(network: Network) -> PlainNetwork:
    """The same network with the same weights."""
    plain = PlainNetwork(
        **SHAPES[network.spec["backbone"]],
        tasks=network.tasks,
        segment_length=network.spec["segment_length"],
    )
    theirs, ours = plain.state_dict(), network.state_dict()
    for name, value in theirs.items():
        if not name.endswith("num_batches_tracked"):
            value.copy_(ours[_our_name(name)])
    return plain


def _our_name(name: str) -> str:
    stem = {
        "stem.0": "backbone.stem.norm",
        "stem.1": "backbone.stem.conv.conv",
        "stem.2": "backbone.stem.conv.norm",
    }
    head, _, leaf = name.rpartition(".")
    if head in stem:
        return f"{stem[head]}.{leaf}"
    if head.startswith("attention."):
        return f"attention.sca.{head.removeprefix('attention.')}.{leaf}"
    if head.startswith("heads."):
        return name
    _, index, layer, *rest = head.split(".")
    if layer == "projection":
        layer, part = "projection", ("conv", "norm")[int(rest[0])]
    else:
        layer, part = f"conv{layer[-1]}", layer[:-1]
    return f"backbone.module{int(index) + 1}.{layer}.{part}.{leaf}"


class GradNormStep:
    """Chen et al. 2018 as everyone writes it: a backward per task for its norm, then a third.

    ``combine``: as one writes it who looks twice, the tasks' gradients combined, without a third.
    ``last``: the norms of the last shared layer alone, as the paper of GradNorm has it.
    """

    def __init__(
        self,
        network: PlainNetwork,
        alpha=1.5,
        weight_rate=0.025,
        learning_rate=1e-3,
        combine=False,
        last=False,
    ):
        self.network, self.combine = network, combine
        self.scope = network.last_shared() if last else network.shared()
        self.optimizer = torch.optim.Adam(network.parameters(), learning_rate)
        self.alpha, self.weight_rate = alpha, weight_rate
        classes = torch.tensor([float(head.out_features) for head in network.heads.values()])
        self.reference = classes.log()
        self.weights = torch.ones(len(classes))

    def __call__(self, x, y):
        logits = self.network(x)
        losses = [
            nn.functional.cross_entropy(of_task, y[:, i])
            for i, of_task in enumerate(logits.values())
        ]
        norms = self._combined(losses) if self.combine else self._three(losses)
        self.optimizer.step()
        with torch.no_grad():
            ratio = torch.stack(losses) / self.reference
            weighted = self.weights * norms
            target = weighted.mean() * (ratio / ratio.mean()) ** self.alpha
            self.weights = self.weights - self.weight_rate * torch.sign(weighted - target) * norms
            self.weights = self.weights.clamp(min=1e-3)
            self.weights *= len(losses) / self.weights.sum()
        return [loss.item() for loss in losses]

    def _three(self, losses):
        norms = [_norm(torch.autograd.grad(loss, self.scope, retain_graph=True)) for loss in losses]
        self.optimizer.zero_grad()
        sum(w * loss for w, loss in zip(self.weights, losses, strict=True)).backward()
        return torch.stack(norms)

    def _combined(self, losses):
        parameters = list(self.network.parameters())
        inside = {id(p) for p in self.scope}
        norms = []
        for i, (weight, loss) in enumerate(zip(self.weights, losses, strict=True)):
            gradients = torch.autograd.grad(
                loss, parameters, retain_graph=i + 1 < len(losses), allow_unused=True
            )
            pairs = [(p, g) for p, g in zip(parameters, gradients, strict=True) if g is not None]
            norms.append(_norm([g for p, g in pairs if id(p) in inside]))
            for p, g in pairs:
                first = i == 0 or p.grad is None
                p.grad = weight * g if first else p.grad.add_(g, alpha=float(weight))
        return torch.stack(norms)


class SummedStep:
    """The plain sum of both losses."""

    def __init__(self, network: PlainNetwork, learning_rate=1e-3):
        self.network = network
        self.optimizer = torch.optim.Adam(network.parameters(), learning_rate)
        self.weights = torch.ones(len(network.heads))

    def __call__(self, x, y):
        logits = self.network(x)
        losses = [
            nn.functional.cross_entropy(of_task, y[:, i])
            for i, of_task in enumerate(logits.values())
        ]
        self.optimizer.zero_grad()
        sum(losses).backward()
        self.optimizer.step()
        return [loss.item() for loss in losses]


def _norm(gradients):
    return torch.cat([g.flatten() for g in gradients]).norm()
