"""The peer: DT4ECG and its training steps in plain PyTorch."""

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
    """Return the same network with the same weights."""
    plain = PlainNetwork(
        **SHAPES[network.spec["backbone"]],
        tasks=network.tasks,
        segment_length=network.spec["segment_length"],
    )
    theirs, ours = plain.state_dict(), network.state_dict()
    for name, value in theirs.items():
        if not name.endswith("num_batches_tracked"):
            value.copy_(ours[our_name(name)])
    return plain


def our_name(name: str) -> str:
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


class SummedStep:
    """Adam on the sum of the tasks' losses; with `bf16`, their forward pass under autocast."""

    def __init__(self, network: PlainNetwork, learning_rate=1e-3, compiled=False, bf16=False):
        self.network = network
        self.optimizer = torch.optim.Adam(network.parameters(), learning_rate, fused=True)
        self.weights = torch.ones(len(network.heads))
        self.losses = torch.compile(self._losses) if compiled else self._losses
        if bf16:
            self.losses = torch.autocast("cpu", torch.bfloat16)(self.losses)

    def _losses(self, x, y):
        return [
            nn.functional.cross_entropy(logits, y[:, i])
            for i, logits in enumerate(self.network(x).values())
        ]

    def __call__(self, x, y):
        losses = self.losses(x, y)
        self.optimizer.zero_grad()
        sum(losses).backward()
        self.optimizer.step()
        return [loss.item() for loss in losses]


class GradNormStep(SummedStep):
    """Chen et al. 2018 as usually implemented: one backward per task for its norm, then a third."""

    def __init__(
        self,
        network: PlainNetwork,
        alpha=1.5,
        weight_rate=0.025,
        learning_rate=1e-3,
        last_layer=False,
        compiled=False,
        bf16=False,
    ):
        super().__init__(network, learning_rate, compiled, bf16)
        self.alpha, self.weight_rate = alpha, weight_rate
        self.scope = network.last_shared() if last_layer else network.shared()
        classes = torch.tensor([float(head.out_features) for head in network.heads.values()])
        self.reference = classes.log()

    def __call__(self, x, y):
        losses = self.losses(x, y)
        norms = self._backward(losses)
        self.optimizer.step()
        self._reweigh(losses, norms)
        return [loss.item() for loss in losses]

    def _backward(self, losses):
        """Put the gradient of the weighted sum into `.grad`; return the norms of the tasks."""
        norms = torch.stack(
            [_norm(torch.autograd.grad(loss, self.scope, retain_graph=True)) for loss in losses]
        )
        self.optimizer.zero_grad()
        sum(w * loss for w, loss in zip(self.weights, losses, strict=True)).backward()
        return norms

    @torch.no_grad()
    def _reweigh(self, losses, norms):
        ratio = torch.stack(losses) / self.reference
        weighted = self.weights * norms
        target = weighted.mean() * (ratio / ratio.mean()) ** self.alpha
        self.weights = self.weights - self.weight_rate * torch.sign(weighted - target) * norms
        self.weights = self.weights.clamp(min=1e-3)
        self.weights *= len(losses) / self.weights.sum()


class TwoBackwardStep(GradNormStep):
    """GradNorm without a third backward: the tasks' gradients are kept and combined."""

    def _backward(self, losses):
        shared = self.network.shared()
        norms = []
        for parameter in shared:
            parameter.grad = None
        for weight, loss, head in zip(
            self.weights.tolist(), losses, self.network.heads.values(), strict=True
        ):
            own = list(head.parameters())
            gradients = torch.autograd.grad(
                loss, [*shared, *own], retain_graph=loss is not losses[-1]
            )
            norms.append(_norm(gradients[: len(shared)]))
            scaled = torch._foreach_mul(gradients, weight)
            if shared[0].grad is None:
                for parameter, gradient in zip(shared, scaled, strict=False):
                    parameter.grad = gradient
            else:
                torch._foreach_add_([p.grad for p in shared], scaled[: len(shared)])
            for parameter, gradient in zip(own, scaled[len(shared) :], strict=True):
                parameter.grad = gradient
        return torch.stack(norms)


def _norm(gradients):
    return torch.cat([gradient.flatten() for gradient in gradients]).norm()
