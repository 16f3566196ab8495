"""Every backbone with every attention of the table, and their operators against torch's layers."""

import re

import pytest
import torch
from support.toy import LENGTH, TASKS, check_gradients, network, same_tensors, segments
from torch import nn

import dt4ecg
from dt4ecg import _core
from dt4ecg.inference import Inference

BACKBONES, ATTENTIONS = list(dt4ecg._core.nn.backbones()), list(dt4ecg.nn.attentions())
every_pair = pytest.mark.parametrize(
    ("backbone", "attention"), [(b, a) for b in BACKBONES for a in ATTENTIONS]
)


def randomise(module: nn.Module) -> nn.Module:
    """Change all values, because initial zeros and ones would hide mistakes."""
    random = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for tensor in [*module.parameters(), *module.buffers()]:
            if tensor.is_floating_point():
                tensor.add_(torch.rand(tensor.shape, generator=random, dtype=tensor.dtype) / 4)
    return module


# The table


@every_pair
def test_shapes_and_state(backbone, attention):
    made = [network(seed, backbone=backbone, attention=attention, in_channels=2) for seed in (0, 1)]
    x = torch.from_numpy(segments(5, leads=2)[0])
    for task, logits in made[0](x).items():
        assert logits.shape == (5, TASKS[task])
    features = made[0].backbone(x)
    assert features.dim() == 3
    assert made[0].attention(features).shape == features.shape
    made[1].load_state_dict(made[0].state_dict(), strict=True)
    assert same_tensors(made[0].state_dict(), made[1].state_dict())


@every_pair
def test_inference_equals_the_network(backbone, attention):
    net = network(backbone=backbone, attention=attention)
    x = torch.from_numpy(segments(7)[0])
    net.train()(x)
    net.eval()
    with torch.no_grad():
        expected = net(x)
    for task, logits in Inference(net)(x).items():
        torch.testing.assert_close(logits, expected[task], rtol=1e-4, atol=1e-5)


@every_pair
def test_gradients(backbone, attention):
    module = network(backbone=backbone, attention=attention, segment_length=16)
    randomise(module.double())
    x = torch.randn(3, 1, 16, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    check_gradients(module, x)


# An export takes seconds, so each part is exported once.
@pytest.mark.parametrize(
    ("backbone", "attention"),
    [(b, "sca") for b in BACKBONES] + [("cnn", a) for a in ATTENTIONS if a != "sca"],
)
@pytest.mark.slow
def test_export_with_any_batch(backbone, attention):
    module = network(backbone=backbone, attention=attention).eval()
    x = torch.from_numpy(segments(8)[0])
    batch = {0: torch.export.Dim("batch", min=2, max=64)}
    program = torch.export.export(module, (x,), dynamic_shapes=(batch,)).module()
    for part in (x, x[:3]):
        for task, logits in program(part).items():
            torch.testing.assert_close(logits, module(part)[task])


# The lstm is torch's, and its sums depend on the number of threads.
@pytest.mark.parametrize("backbone", [name for name in BACKBONES if name != "lstm"])
def test_threads_do_not_change_a_bit_of_a_training(backbone):
    X, y = segments(12)
    states = []
    for threads in (1, 3):
        module = network(backbone=backbone, attention="se")
        dt4ecg.Trainer(module, epochs=2, batch_size=5, n_threads=threads).fit(X, y)
        states.append(module.state_dict())
    assert same_tensors(*states)


@pytest.mark.parametrize("backbone", [name for name in BACKBONES if name != "resnet"])
def test_size_is_about_that_of_the_default(backbone):
    """The ratio is within 1/2 and 2 for the parameters, or for the multiply-adds."""
    parts, default = (
        dt4ecg.nn.Network(name, attention="none").parts()["backbone"]
        for name in (backbone, "resnet")
    )
    ratios = [parts[what] / default[what] for what in parts]
    assert any(0.5 <= ratio <= 2 for ratio in ratios), ratios


@pytest.mark.parametrize(
    ("backbone", "layers"),
    [
        # input norm, then fully connected layers: inputs x outputs
        ("mlp", LENGTH + LENGTH * 256 + 256 * 128 + 128 * 128),
        # input norm, then convolutions: leads x channels x kernel x steps, halved by each pool
        (
            "cnn",
            LENGTH
            + 1 * 32 * 7 * LENGTH
            + 32 * 64 * 5 * (LENGTH // 2)
            + 64 * 128 * 5 * (LENGTH // 4)
            + 128 * 128 * 5 * (LENGTH // 8),
        ),
    ],
)
def test_multiply_adds_by_hand(backbone, layers):
    net = network(backbone=backbone, attention="none")
    heads = 128 * sum(TASKS.values())
    parts = {name: part["multiply_adds"] for name, part in net.parts().items()}
    assert parts == {"backbone": layers, "attention": 0, "pool": 0, "heads": heads}
    assert net.multiply_adds == layers + heads


def test_parameters_by_hand():
    net = network(backbone="mlp", attention="none", standardize=True)
    layers = [(LENGTH, 256), (256, 128), (128, 128)]
    expected = 2 + sum(before * after + after for before, after in layers)
    assert {name: part["parameters"] for name, part in net.parts().items()} == {
        "standardize": 0,
        "backbone": expected,
        "attention": 0,
        "pool": 0,
        "heads": (128 + 1) * sum(TASKS.values()),
    }


@pytest.mark.parametrize(
    ("backbone", "length", "message"),
    [
        ("cnn", 7, "max_pool: a window of 2 steps does not fit into 1; take longer segments"),
        ("densenet", 5, "average_pool: a window of 2 steps does not fit into 1"),
        ("mlp", 10**7, r"flatten: needs channels x length of 1 to 16777216, got 20000000"),
    ],
)
def test_segments_that_do_not_fit(backbone, length, message):
    with pytest.raises(ValueError, match=message):
        network(backbone=backbone, in_channels=2, segment_length=length)


# Operators against torch's layers


def stage(*nodes: str, channels: int = 4, length: int = 9) -> dt4ecg.nn.Stage:
    text = "\n".join([f"input channels={channels} length={length}", *nodes, f"output {len(nodes)}"])
    return randomise(dt4ecg.nn.Stage(_core.nn.Graph.parse(text + "\n")).double())


def peers(ours: dt4ecg.nn.Stage, theirs: nn.Module) -> None:
    """Compare outputs and gradients of two modules whose parameters have the same order."""
    theirs = theirs.double()
    with torch.no_grad():
        for to, tensor in zip(theirs.parameters(), ours.parameters(), strict=True):
            to.copy_(tensor.reshape(to.shape))
    values = [torch.randn(3, *input_shape(ours), dtype=torch.float64, requires_grad=True)]
    values.append(values[0].detach().clone().requires_grad_())
    outputs = [module(x) for module, x in zip((ours, theirs), values, strict=True)]
    torch.testing.assert_close(*outputs, rtol=1e-10, atol=1e-10)
    cotangent = torch.randn_like(outputs[0])
    for output in outputs:
        output.backward(cotangent)
    torch.testing.assert_close(values[0].grad, values[1].grad, rtol=1e-9, atol=1e-9)
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(mine.grad, other.grad.reshape(mine.shape), rtol=1e-9, atol=1e-9)


def input_shape(of: dt4ecg.nn.Stage) -> tuple[int, int]:
    channels, length = map(int, re.findall(r"\d+", of.graph.splitlines()[0]))
    return channels, length


class OverTime(nn.Module):
    """A layer of torch that takes (batch, time, channels), with an optional residual."""

    def __init__(self, run, layer, residual=False):
        super().__init__()
        self.layer, self._run, self._residual = layer, run, residual

    def forward(self, x):
        y = self._run(self.layer, x.transpose(1, 2)).transpose(1, 2)
        return x + y if self._residual else y


def test_lstm():
    peers(
        stage("lstm a 0 hidden=5"),
        OverTime(lambda layer, x: layer(x)[0], nn.LSTM(4, 5, batch_first=True)),
    )


@pytest.mark.parametrize("heads", [1, 2, 4])
def test_mha(heads):
    peers(
        stage(f"mha a 0 heads={heads}"),
        OverTime(
            lambda layer, x: layer(x, x, x)[0],
            nn.MultiheadAttention(4, heads, batch_first=True),
            residual=True,
        ),
    )


@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kernel", [1, 3, 5])
@pytest.mark.parametrize("relu", [0, 1])
def test_depthwise_norm(kernel, stride, relu):
    peers(
        stage(f"depthwise_norm a 0 kernel={kernel} relu={relu} stride={stride}"),
        nn.Sequential(
            nn.Conv1d(4, 4, kernel, stride, kernel // 2, groups=4, bias=False),
            nn.BatchNorm1d(4),
            nn.ReLU() if relu else nn.Identity(),
        ),
    )


@pytest.mark.parametrize(
    ("node", "layer"),
    [
        ("conv a 0 bias=1 channels=5 kernel=3", nn.Conv1d(4, 5, 3, padding=1)),
        ("conv a 0 bias=0 channels=5 kernel=1", nn.Conv1d(4, 5, 1, bias=False)),
        ("max_pool a 0 size=2", nn.MaxPool1d(2)),
        ("average_pool a 0 size=4", nn.AvgPool1d(4)),
        ("relu a 0", nn.ReLU()),
        ("silu a 0", nn.SiLU()),
        ("flatten a 0", nn.Sequential(nn.Flatten(), nn.Unflatten(1, (36, 1)))),
    ],
)
def test_layers(node, layer):
    peers(stage(node), layer)


class SqueezeExcitation(nn.Module):
    def __init__(self, channels, hidden, activation):
        super().__init__()
        self.excitation = nn.Sequential(
            nn.Linear(channels, hidden), activation, nn.Linear(hidden, channels), nn.Sigmoid()
        )

    def forward(self, x):
        return x * self.excitation(x.mean(2))[:, :, None]


def attention_stage(name: str, channels: int, length: int) -> dt4ecg.nn.Stage:
    return randomise(dt4ecg.nn.Stage(_core.nn.attention(name, channels, length)).double())


def test_se_is_hus():
    peers(attention_stage("se", 32, 9), SqueezeExcitation(32, 2, nn.ReLU()))


class CBAM(nn.Module):
    def __init__(self, channels, hidden):
        super().__init__()
        self.mlp = nn.Sequential(
            nn.Linear(channels, hidden), nn.ReLU(), nn.Linear(hidden, channels)
        )
        self.spatial = nn.Conv1d(2, 1, 7, padding=3)

    def forward(self, x):
        pooled = [pool(1)(x).flatten(1) for pool in (nn.AdaptiveAvgPool1d, nn.AdaptiveMaxPool1d)]
        x = x * torch.sigmoid(sum(map(self.mlp, pooled)))[:, :, None]
        maps = torch.stack([x.mean(1), x.max(1).values], dim=1)
        return x * torch.sigmoid(self.spatial(maps))


def test_cbam_is_woos():
    peers(attention_stage("cbam", 32, 9), CBAM(32, 2))


@pytest.mark.parametrize(("channels", "heads"), [(64, 4), (6, 2), (7, 1)])
def test_mha_shares_out_any_number_of_channels(channels, heads):
    assert f"heads={heads}" in attention_stage("mha", channels, 5).graph


# Backbones against compositions of torch's layers


def conv_norm(channels_in, channels, kernel, stride=1, activation=None, groups=1):
    return nn.Sequential(
        nn.Conv1d(channels_in, channels, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm1d(channels),
        nn.ReLU() if activation is None else activation,
    )


def plain_cnn():
    layers = [nn.BatchNorm1d(1), conv_norm(1, 32, 7)]
    for before, after in ((32, 64), (64, 128), (128, 128)):
        layers += [nn.MaxPool1d(2), conv_norm(before, after, 5)]
    return nn.Sequential(*layers)


def plain_mobilenet():
    layers = [nn.BatchNorm1d(1), conv_norm(1, 32, 3, 2)]
    width = 32
    for channels, stride in ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1)):
        layers += [conv_norm(width, width, 3, stride, groups=width), conv_norm(width, channels, 1)]
        width = channels
    return nn.Sequential(*layers)


def plain_mlp():
    layers = [nn.BatchNorm1d(1), nn.Flatten()]
    for before, after in ((LENGTH, 256), (256, 128), (128, 128)):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return nn.Sequential(*layers, nn.Unflatten(1, (128, 1)))


class InvertedBottleneck(nn.Module):
    def __init__(self, channels_in, expansion, channels, kernel, stride):
        super().__init__()
        wide = expansion * channels_in
        self.layers = nn.Sequential(
            *([conv_norm(channels_in, wide, 1, activation=nn.SiLU())] if expansion > 1 else []),
            conv_norm(wide, wide, kernel, stride, nn.SiLU(), groups=wide),
            SqueezeExcitation(wide, channels_in // 4, nn.SiLU()),
            conv_norm(wide, channels, 1, activation=nn.Identity()),
        )
        self.residual = stride == 1 and channels_in == channels

    def forward(self, x):
        y = self.layers(x)
        return x + y if self.residual else y


def plain_efficientnet():
    layers = [nn.BatchNorm1d(1), conv_norm(1, 32, 3, 2, nn.SiLU())]
    width = 32
    for expansion, channels, kernel, stride in (
        (1, 16, 3, 1), (6, 24, 3, 2), (6, 24, 3, 1), (6, 40, 5, 2), (6, 40, 5, 1), (6, 80, 3, 2)
    ):  # fmt: skip
        layers.append(InvertedBottleneck(width, expansion, channels, kernel, stride))
        width = channels
    return nn.Sequential(*layers, conv_norm(80, 320, 1, activation=nn.SiLU()))


class DenseLayer(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.layers = nn.Sequential(
            nn.BatchNorm1d(channels),
            nn.ReLU(),
            nn.Conv1d(channels, 64, 1, bias=False),
            nn.BatchNorm1d(64),
            nn.ReLU(),
            nn.Conv1d(64, 16, 3, padding=1, bias=False),
        )

    def forward(self, x):
        return torch.cat([x, self.layers(x)], dim=1)


def plain_densenet():
    layers, width = [nn.BatchNorm1d(1), conv_norm(1, 32, 7, 2)], 32
    for block in range(3):
        for _ in range(4):
            layers.append(DenseLayer(width))
            width += 16
        layers += [nn.BatchNorm1d(width), nn.ReLU()]
        if block < 2:
            layers += [nn.Conv1d(width, width // 2, 1, bias=False), nn.AvgPool1d(2)]
            width //= 2
    return nn.Sequential(*layers)


PLAIN = {
    "cnn": plain_cnn,
    "mobilenet": plain_mobilenet,
    "mlp": plain_mlp,
    "efficientnet": plain_efficientnet,
    "densenet": plain_densenet,
}


@pytest.mark.parametrize("backbone", PLAIN)
def test_backbone_equals_plain_torch(backbone):
    ours, theirs = network(backbone=backbone).backbone.double(), PLAIN[backbone]().double()
    with torch.no_grad():
        for to, tensor in zip(theirs.parameters(), ours.parameters(), strict=True):
            to.copy_(tensor.reshape(to.shape))
    x = torch.from_numpy(segments(6)[0]).double()
    for mode in (True, False):
        torch.testing.assert_close(ours.train(mode)(x), theirs.train(mode)(x), rtol=1e-9, atol=1e-9)
