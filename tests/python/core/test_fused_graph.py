"""The fused loops behind run_graph against the reference: values, derivatives and conditions."""

from contextlib import nullcontext

import pytest
import torch
from torch.profiler import ProfilerActivity, profile
from torch.utils._python_dispatch import TorchDispatchMode

import dt4ecg
from dt4ecg import _core

CONV = "conv_norm a 0 channels={c} kernel={k} relu={r} stride={s}\n"
GRAPHS = {
    "conv_norm": "input channels=3 length=17\n" + CONV.format(c=5, k=3, r=1, s=1) + "output 1\n",
    "conv_norm, stride 2": "input channels=2 length=9\n"
    + CONV.format(c=9, k=5, r=0, s=2)
    + "output 1\n",
    "conv_norm, stride beyond its kernel": "input channels=2 length=11\n"
    + CONV.format(c=3, k=1, r=1, s=3)
    + "output 1\n",
    "conv_norm with skip": "input channels=4 length=8\n"
    + CONV.format(c=4, k=3, r=1, s=1)
    + "conv_norm b 1,0 channels=4 kernel=3 relu=1 stride=1\noutput 2\n",
    "batch_norm": "input channels=3 length=7\nbatch_norm a 0\noutput 1\n",
    "sca": "input channels=5 length=6\nsca a 0\noutput 1\n",
    "mean_pool": "input channels=5 length=6\nmean_pool a 0\noutput 1\n",
    "two heads": "input channels=6 length=0\nlinear a 0 outputs=4\nlinear b 0 outputs=2\n"
    "output 1,2\n",
}


class Reference(TorchDispatchMode):
    """A mode that observes the ATen operators, so that the reference runs."""

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        return function(*args, **(kwargs or {}))


def tensors_of(text, dtype, batch):
    torch.manual_seed(7)
    stage = dt4ecg.nn.Stage(_core.nn.Graph.parse(text)).to(dtype)
    random = torch.Generator().manual_seed(7)
    parameters, buffers = stage.tensors()
    for buffer in buffers:
        buffer.uniform_(0.5, 1.5, generator=random)
    channels, length = (int(part.split("=")[1]) for part in text.split("\n")[0].split()[1:])
    shape = (batch, channels, length) if length else (batch, channels)
    x = torch.randn(shape, dtype=dtype, generator=random, requires_grad=True)
    return x, [p.detach().requires_grad_() for p in parameters], buffers


def results(text, dtype, training, batch, mode):
    x, parameters, buffers = tensors_of(text, dtype, batch)
    with mode:
        outputs = torch.ops.dt4ecg.run_graph(x, parameters, buffers, text, training)
        random = torch.Generator().manual_seed(9)
        loss = sum((o * torch.randn(o.shape, dtype=dtype, generator=random)).sum() for o in outputs)
        gradients = torch.autograd.grad(loss, [x, *parameters], allow_unused=True)
    return [*outputs, *buffers, *gradients]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=["float32", "float64"])
@pytest.mark.parametrize("training", [True, False], ids=["training", "eval"])
@pytest.mark.parametrize("name", GRAPHS)
def test_equals_the_reference(name, training, dtype):
    tolerance = 2e-4 if dtype == torch.float32 else 1e-11
    for batch in (1, 4):
        found, wanted = (
            results(GRAPHS[name], dtype, training, batch, mode)
            for mode in (nullcontext(), Reference())
        )
        torch.testing.assert_close(found, wanted, rtol=tolerance, atol=tolerance)


def ran(work):
    with profile(activities=[ProfilerActivity.CPU]) as recorded:
        work()
    return {event.key for event in recorded.key_averages()}


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=["float32", "float64"])
def test_which_path_runs(dtype):
    text = GRAPHS["conv_norm with skip"]
    fused = ran(lambda: results(text, dtype, True, 4, nullcontext()))
    assert {"dt4ecg::fused_graph", "dt4ecg::fused_graph_backward"} <= fused
    assert "aten::conv1d" not in fused
    reference = ran(lambda: results(text, dtype, True, 4, Reference()))
    assert "dt4ecg::fused_graph" not in reference
    assert "aten::conv1d" in reference


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.torch.jit.script:DeprecationWarning")  # torch's own, in jvp
@pytest.mark.parametrize(
    "around",
    [
        lambda run, x: torch.autocast("cpu", dtype=torch.bfloat16)(run)(x),
        lambda run, x: run(x.bfloat16()),
        lambda run, x: torch.func.jvp(run, (x,), (torch.ones_like(x),)),
        lambda run, x: torch.func.grad(lambda x: run(x).sum())(x),
    ],
    ids=["autocast", "bfloat16", "jvp", "torch.func.grad"],
)
def test_the_reference_runs_where_its_operators_matter(around):
    x, parameters, buffers = tensors_of(GRAPHS["sca"], torch.float32, 4)

    def run(x):
        kept = [p.to(x.dtype) for p in parameters]
        return torch.ops.dt4ecg.run_graph(x, kept, buffers, GRAPHS["sca"], True)[0]

    assert "dt4ecg::fused_graph" in ran(lambda: run(x.detach()))
    assert "dt4ecg::fused_graph" not in ran(lambda: around(run, x.detach()))


@pytest.mark.slow
@pytest.mark.parametrize("training", [True, False], ids=["training", "eval"])
@pytest.mark.parametrize("name", ["conv_norm with skip", "sca", "two heads"])
def test_opcheck(name, training):
    x, parameters, buffers = tensors_of(GRAPHS[name], torch.float64, 4)
    arguments = (x, parameters, buffers, GRAPHS[name], training)
    torch.library.opcheck(torch.ops.dt4ecg.fused_graph.default, arguments)
    outputs, _ = torch.ops.dt4ecg.fused_graph(*arguments)
    cotangents = [torch.ones_like(output).detach() for output in outputs]
    detached = (x.detach(), [p.detach() for p in parameters], buffers, GRAPHS[name], training)
    torch.library.opcheck(torch.ops.dt4ecg.fused_graph_backward.default, (cotangents, *detached))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["conv_norm, stride 2", "batch_norm", "sca"])
def test_first_and_second_derivatives(name):
    x, parameters, buffers = tensors_of(GRAPHS[name], torch.float64, 3)

    def run(x, *parameters):
        own = [buffer.clone() for buffer in buffers]
        return torch.ops.dt4ecg.run_graph(x, list(parameters), own, GRAPHS[name], True)[0]

    assert torch.autograd.gradcheck(run, (x, *parameters))
    assert torch.autograd.gradgradcheck(run, (x, *parameters))


def test_a_derivative_in_eval_mode_belongs_to_its_own_forward():
    text = GRAPHS["batch_norm"]
    x, parameters, buffers = tensors_of(text, torch.float64, 4)
    (wanted,) = torch.autograd.grad(
        torch.ops.dt4ecg.run_graph(x, parameters, buffers, text, False)[0].sum(), x
    )
    output = torch.ops.dt4ecg.run_graph(x, parameters, buffers, text, False)[0]
    torch.ops.dt4ecg.run_graph(x, parameters, buffers, text, True)  # moves the running statistics
    (found,) = torch.autograd.grad(output.sum(), x)
    torch.testing.assert_close(found, wanted, rtol=0, atol=0)


def test_parameters_of_an_unused_output_have_no_gradient():
    for mode in (nullcontext(), Reference()):
        x, parameters, buffers = tensors_of(GRAPHS["two heads"], torch.float64, 4)
        with mode:
            first, _ = torch.ops.dt4ecg.run_graph(x, parameters, buffers, GRAPHS["two heads"], True)
            found = torch.autograd.grad(first.sum(), [x, *parameters], allow_unused=True)
        assert [gradient is not None for gradient in found] == [True, True, True, False, False]


@pytest.mark.parametrize("attention", dt4ecg.nn.attentions())
@pytest.mark.parametrize("backbone", dt4ecg._core.nn.backbones())
def test_every_network_equals_its_reference(backbone, attention):
    network = dt4ecg.nn.Network(
        backbone, attention, tasks={"identity": 3, "activity": 2}, segment_length=64, seed=1
    )
    network.double()
    x = torch.randn(4, 1, 64, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    state = {name: value.clone() for name, value in network.state_dict().items()}
    found = []
    for mode in (nullcontext(), Reference()):
        network.load_state_dict(state)
        network.zero_grad()
        with mode:
            outputs = network(x)
            (outputs["identity"].square().sum() + outputs["activity"].sum()).backward()
        gradients = [parameter.grad for parameter in network.parameters()]
        found.append([*outputs.values(), *network.buffers(), *gradients])
        found[-1] = [tensor.detach().clone() for tensor in found[-1]]
    torch.testing.assert_close(*found, rtol=1e-9, atol=1e-9)


def changed(arguments, position, value):
    return (*arguments[:position], value, *arguments[position + 1 :])


def refused_calls():
    text = GRAPHS["two heads"]
    x, parameters, buffers = tensors_of(text, torch.float32, 4)
    forward = (x.detach(), [p.detach() for p in parameters], buffers, text, True)
    cotangents = [torch.ones(4, 4), torch.ones(4, 2)]
    meta = [p.to("meta") for p in forward[1]]
    fused, back = torch.ops.dt4ecg.fused_graph, torch.ops.dt4ecg.fused_graph_backward
    return {
        "too few cotangents": (back, (cotangents[:1], *forward), "takes 2 cotangents"),
        "too many": (back, ([*cotangents, cotangents[0]], *forward), "takes 2 cotangents"),
        "cotangent of one": (back, ([torch.ones(1), cotangents[1]], *forward), "the shape of its"),
        "double cotangent": (
            back,
            ([c.double() for c in cotangents], *forward),
            "dtype and device",
        ),
        "meta parameters": (fused, changed(forward, 1, meta), "is on meta"),
        "meta x": (fused, changed(forward, 0, forward[0].to("meta")), "is on cpu"),
        "no segments": (fused, changed(forward, 0, forward[0][:0]), "at least one segment"),
        "half": (
            fused,
            (forward[0].half(), [p.half() for p in forward[1]], buffers, text, True),
            "takes float32 or float64",
        ),
    }


@pytest.mark.parametrize("name", refused_calls())
def test_illegal_arguments_are_refused(name):
    function, arguments, message = refused_calls()[name]
    with pytest.raises(ValueError, match=message):
        function(*arguments)


@pytest.mark.parametrize("first", [30.0, 3000.0])
def test_batch_norm_of_segments_with_a_first_sample_far_from_their_mean(first):
    text = "input channels=2 length=30000\nbatch_norm a 0\noutput 1\n"
    x, parameters, buffers = tensors_of(text, torch.float32, 4)
    x = x.detach()
    x[:, :, 0] = first
    exact = x.double().transpose(0, 1).flatten(1)
    kept = [buffer.double() for buffer in buffers]
    torch.ops.dt4ecg.run_graph(x, parameters, buffers, text, True)
    for buffer, before, wanted in zip(buffers, kept, (exact.mean(1), exact.var(1)), strict=True):
        torch.testing.assert_close(
            buffer.double(), 0.9 * before + 0.1 * wanted, rtol=1e-3, atol=1e-4
        )


@pytest.mark.parametrize("mode", [nullcontext(), Reference()], ids=["fused", "reference"])
def test_one_value_per_channel_has_no_variance(mode):
    text = "input channels=2 length=1\nbatch_norm a 0\noutput 1\n"
    x, parameters, buffers = tensors_of(text, torch.float32, 1)
    before = [buffer.clone() for buffer in buffers]
    with mode, pytest.raises(ValueError, match="no variance"):
        torch.ops.dt4ecg.run_graph(x, parameters, buffers, text, True)
    assert all(torch.equal(*pair) for pair in zip(buffers, before, strict=True))


@pytest.mark.parametrize("training", [True, False], ids=["training", "eval"])
@pytest.mark.parametrize("name", ["conv_norm", "conv_norm with skip"])
def test_a_nan_spreads_as_in_the_reference(name, training):
    found, wanted = (
        with_a_nan(GRAPHS[name], training, mode) for mode in (nullcontext(), Reference())
    )
    assert wanted.isnan().any()
    assert torch.equal(found.isnan(), wanted.isnan())


def with_a_nan(text, training, mode):
    x, parameters, buffers = tensors_of(text, torch.float32, 3)
    x = x.detach()
    x[1, 0, 4] = float("nan")
    with mode:
        return torch.ops.dt4ecg.run_graph(x, parameters, buffers, text, training)[0]


@pytest.mark.parametrize(
    "text",
    [
        "input channels=1 length=4\nmax_pool a 0 size=2 size=2\noutput 1\n",
        "input channels=1 length=4\nmax_pool a 0 size=2\noutput 1 2\n",
        "input channels=1 length=4\nmax_pool a 0 size=2\noutput 1\nmax_pool b 0 size=2\n",
        "input channels=4096 length=16777216\n"
        + "".join(f"mha m{i} {i} heads=1\n" for i in range(4))
        + "output 4\n",
    ],
    ids=["twice", "behind the outputs", "below the outputs", "too much work"],
)
def test_texts_that_are_not_graphs(text):
    with pytest.raises(ValueError, match="graph: "):
        _core.nn.Graph.parse(text)
