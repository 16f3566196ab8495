"""Stages against the paper's equations and torch's checks, and what their operator refuses."""

import pytest
import torch
from support.toy import LENGTH, network, segments
from torch.nn import functional

import dt4ecg
from dt4ecg import _core


@pytest.fixture
def x() -> torch.Tensor:
    return torch.from_numpy(segments(8)[0])


def sca_stage(channels: int, length: int) -> dt4ecg.nn.Stage:
    return dt4ecg.nn.Stage(_core.nn.attention("sca", channels, length)).double()


def test_sca_is_the_papers_equations():
    channels, length = 5, 7
    stage = sca_stage(channels, length)
    x = torch.randn(3, channels, length, dtype=torch.float64)
    sca = stage.sca
    z = x.mean(dim=2)
    a = torch.sigmoid(z @ sca.channel.weight[:, :, 0].T + sca.channel.bias)
    gated = torch.einsum("bct,bc->bct", x, a)
    s = gated.mean(dim=1)
    b = torch.sigmoid(functional.linear(s, sca.sequence.weight, sca.sequence.bias))
    expected = torch.einsum("bct,bt->bct", gated, b)
    torch.testing.assert_close(stage(x), expected, rtol=1e-12, atol=1e-12)


def test_gradients_of_sca():
    stage = sca_stage(3, 4)
    x = torch.randn(2, 3, 4, dtype=torch.float64, requires_grad=True)
    parameters = [p.detach().requires_grad_() for p in stage.parameters()]

    def run(x, *parameters):
        return torch.ops.dt4ecg.run_graph(x, list(parameters), [], stage.graph, True)[0]

    assert torch.autograd.gradcheck(run, (x, *parameters))


def test_gradients_of_a_residual_module():
    torch.manual_seed(0)
    text = (
        "input channels=2 length=5\n"
        "conv_norm conv1 0 channels=3 kernel=3 relu=1 stride=2\n"
        "conv_norm projection 0 channels=3 kernel=1 relu=0 stride=2\n"
        "conv_norm conv2 1,2 channels=3 kernel=3 relu=1 stride=1\n"
        "mean_pool pool 3\n"
        "linear head 4 outputs=2\n"
        "output 5\n"
    )
    stage = dt4ecg.nn.Stage(_core.nn.Graph.parse(text)).double()
    x = torch.randn(4, 2, 5, dtype=torch.float64, requires_grad=True)
    parameters, buffers = stage.tensors()
    parameters = [p.detach().requires_grad_() for p in parameters]

    def run(x, *parameters):
        own = [buffer.clone() for buffer in buffers]
        return torch.ops.dt4ecg.run_graph(x, list(parameters), own, text, True)[0]

    assert torch.autograd.gradcheck(run, (x, *parameters))


@pytest.mark.filterwarnings("ignore:The .grad attribute")  # of the check itself in torch 2.14
def test_opcheck(x):
    stage = dt4ecg.nn.Stage(_core.nn.attention("sca", 1, LENGTH))
    parameters, buffers = stage.tensors()
    torch.library.opcheck(
        torch.ops.dt4ecg.run_graph.default, (x, parameters, buffers, stage.graph, False)
    )


# Tensors that run_graph refuses


def spoiled(kind: str, index: int, change):
    stage = network().backbone.stem
    tensors = dict(zip(("parameter", "buffer"), stage.tensors(), strict=True))
    tensors[kind][index] = change(tensors[kind][index])
    return tensors["parameter"], tensors["buffer"], stage.graph


@pytest.mark.parametrize(
    ("kind", "index", "change", "message"),
    [
        (
            "parameter",
            2,
            lambda t: t[:, :, 1:],
            r"conv\.weight must have the shape \[32, 1, 7\]",
        ),
        (
            "parameter",
            0,
            lambda t: t[None],
            r"norm\.weight must have the shape \[1\], got \[1, ",
        ),
        ("parameter", 2, lambda t: t.double(), r"conv\.conv\.weight is Double, but x is Float"),
        ("parameter", 3, lambda t: t.long(), r"conv\.norm\.weight is Long, but x is Float"),
        ("parameter", 1, lambda t: t.to("meta"), r"norm\.bias is on meta, but x is on cpu"),
        ("buffer", 3, lambda t: t[:0], r"conv\.norm\.running_var must have the shape \[32\]"),
        ("buffer", 2, lambda t: t.to(torch.complex64), r"running_mean is ComplexFloat"),
    ],
)
def test_run_graph_names_the_tensor_that_does_not_fit(kind, index, change, message, x):
    with pytest.raises(ValueError, match=message):
        torch.ops.dt4ecg.run_graph(x, *spoiled(kind, index, change), True)


def test_run_graph_counts_its_tensors(x):
    parameters, buffers, text = spoiled("buffer", 0, lambda t: t)
    with pytest.raises(ValueError, match="takes 5 parameters, got 4"):
        torch.ops.dt4ecg.run_graph(x, parameters[1:], buffers, text, True)
    with pytest.raises(ValueError, match="takes 4 buffers, got 0"):
        torch.ops.dt4ecg.run_graph(x, parameters, [], text, True)
    with pytest.raises(ValueError, match="takes floating-point x, got Long"):
        torch.ops.dt4ecg.run_graph(x.long(), parameters, buffers, text, True)
