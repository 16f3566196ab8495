"""The network as an ordinary torch.nn.Module, against compositions written apart from it."""

import io
from copy import deepcopy

import numpy as np
import pytest
import torch
from benchmarks.plain_torch import plain_copy
from support.toy import LENGTH, TASKS, PlainModule, check_gradients, network, same_tensors, segments
from torch.nn import functional

import dt4ecg
from dt4ecg import _core


@pytest.fixture
def x() -> torch.Tensor:
    return torch.from_numpy(segments(8)[0])


def logits_of(module, x) -> torch.Tensor:
    return torch.cat(list(module(x).values()), dim=1)


# Against independent compositions


@pytest.mark.parametrize("backbone", ["resnet", "resnet_wide"])
def test_network_equals_plain_torch(backbone, x):
    ours = network(backbone=backbone)
    plain = plain_copy(ours)
    for mode in (True, False):  # training first: it moves the statistics that evaluation uses
        found, expected = logits_of(ours.train(mode), x), logits_of(plain.train(mode), x)
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)
    found.sum().backward()
    expected.sum().backward()
    torch.testing.assert_close(
        ours.backbone.stem.conv.conv.weight.grad, plain.stem[1].weight.grad, rtol=1e-3, atol=1e-5
    )


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


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("attention", ["none", "sca"])
def test_gradients_of_a_whole_network(attention, training):
    module = network(attention=attention, segment_length=16).double().train(training)
    random = torch.Generator().manual_seed(3)
    for name, buffer in module.named_buffers():  # eval mode would not see 0 and 1
        if buffer.is_floating_point():
            buffer.uniform_(0.5, 1.5, generator=random)
            assert name.endswith(("running_mean", "running_var"))
    check_gradients(module, torch.randn(3, 1, 16, dtype=torch.float64, generator=random))


# An ordinary module


def test_state_dict_round_trip_is_strict(x):
    first, second = network(seed=0), network(seed=1)
    assert not torch.equal(logits_of(first.eval(), x), logits_of(second.eval(), x))
    second.load_state_dict(first.state_dict(), strict=True)
    assert torch.equal(logits_of(first, x), logits_of(second, x))
    state = first.state_dict()
    state["heads.sleep.weight"] = state.pop("heads.activity.weight")
    with pytest.raises(RuntimeError, match=r"heads\.activity\.weight"):
        second.load_state_dict(state)


def test_names_are_the_papers_parts():
    names = dict(network().named_parameters())
    assert {name.split(".")[0] for name in names} == {"backbone", "attention", "heads"}
    assert names["heads.identity.weight"].shape == (3, 128)
    assert names["attention.sca.sequence.weight"].shape == (LENGTH // 8, LENGTH // 8)
    assert names["backbone.module2.projection.conv.weight"].shape == (64, 32, 1)


def test_seed_decides_the_weights_and_leaves_torchs_generator_alone():
    before = torch.get_rng_state()
    assert same_tensors(network(seed=5).state_dict(), network(seed=5).state_dict())
    assert torch.equal(before, torch.get_rng_state())
    torch.manual_seed(1)
    first = network(seed=None)
    assert not same_tensors(first.state_dict(), network(seed=None).state_dict())
    torch.manual_seed(1)
    assert same_tensors(first.state_dict(), network(seed=None).state_dict())


def test_deepcopy_is_independent(x):
    original = network().eval()
    copy = deepcopy(original)
    expected = logits_of(original, x)
    with torch.no_grad():
        copy.heads.identity.weight.zero_()
    assert torch.equal(logits_of(original, x), expected)
    assert not torch.equal(logits_of(copy, x), expected)


def test_double_precision(x):
    module = network().eval()
    expected = logits_of(module, x)
    found = logits_of(module.to(torch.float64), x.double())
    assert found.dtype == torch.float64
    torch.testing.assert_close(found.float(), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("child", [None, "backbone", "attention", "pool", "heads"])
def test_hooks_fire_and_a_hooked_network_trains_the_same(child):
    X, y = segments()
    plain, hooked = network(), network()
    calls = []
    owner = hooked if child is None else getattr(hooked, child)
    owner.register_forward_hook(lambda *_: calls.append(1))
    for module in (plain, hooked):
        dt4ecg.Trainer(module, epochs=1, n_threads=1).fit(X, y)
    assert calls
    for name, value in plain.state_dict().items():
        torch.testing.assert_close(hooked.state_dict()[name], value, rtol=1e-3, atol=1e-4)


def test_functional_call_with_plain_tensors(x):
    module, other = network(seed=0).eval(), network(seed=1).eval()
    tensors = {name: value.clone() for name, value in other.state_dict().items()}
    found = torch.func.functional_call(module, tensors, (x,))
    assert torch.equal(torch.cat(list(found.values()), 1), logits_of(other, x))


@pytest.mark.parametrize("whole", [True, False])
def test_torch_save_and_load(whole, x):
    module, file = network(), io.BytesIO()
    torch.save(module if whole else module.state_dict(), file)
    file.seek(0)
    if whole:
        loaded = torch.load(file, weights_only=False)
    else:
        loaded = network(seed=1)
        loaded.load_state_dict(torch.load(file))
    assert torch.equal(logits_of(loaded.eval(), x), logits_of(module.eval(), x))


def test_export_with_any_batch(x):
    module = network().eval()
    batch = {0: torch.export.Dim("batch", min=2, max=64)}
    program = torch.export.export(module, (x,), dynamic_shapes=(batch,)).module()
    for part in (x, x[:3]):
        torch.testing.assert_close(logits_of(program, part), logits_of(module, part))


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_compile_without_a_graph_break(x):
    module = network().eval()
    compiled = torch.compile(module, fullgraph=True, backend="aot_eager")
    torch.testing.assert_close(logits_of(compiled, x), logits_of(module, x))


def test_opcheck(x):
    stage = dt4ecg.nn.Stage(_core.nn.attention("sca", 1, LENGTH))
    parameters, buffers = stage.tensors()
    torch.library.opcheck(
        torch.ops.dt4ecg.run_graph.default, (x, parameters, buffers, stage.graph, False)
    )


def test_torchs_optimisers_train_it(x):
    y = torch.from_numpy(segments(8)[1])
    module = network()
    optimizer = torch.optim.SGD(module.parameters(), lr=0.05, momentum=0.9)
    losses = []
    for _ in range(10):
        optimizer.zero_grad()
        loss = sum(functional.cross_entropy(z, y[:, i]) for i, z in enumerate(module(x).values()))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0] / 2


def test_built_in_inference_mode_it_can_be_trained():
    X, y = segments()
    with torch.inference_mode():
        classifier = dt4ecg.DT4ECGClassifier(epochs=1, n_threads=1).fit(X, y)
    dt4ecg.Trainer(classifier.network_, epochs=1, n_threads=1).fit(X, y)


# What is refused


@pytest.mark.parametrize("x", [None, np.zeros((8, 1, LENGTH), np.float32)])
def test_what_is_no_tensor(x):
    kind = type(x).__name__
    for use in (network(), network().embed):
        with pytest.raises(TypeError, match=f"takes segments as a torch.Tensor .* got {kind}"):
            use(x)


@pytest.mark.parametrize("shape", [(8, LENGTH), (8, 2, LENGTH), (8, 1, LENGTH - 1), (LENGTH,)])
def test_wrong_shapes(shape):
    with pytest.raises(ValueError, match=r"takes segments \(batch, 1, 48\)"):
        network()(torch.zeros(shape))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"backbone": "vgg"}, "no backbone is called 'vgg'; there are cnn, densenet"),
        ({"attention": "eca"}, "no attention is called 'eca'; there are cbam, mha, none, sca, se"),
        ({"tasks": {}}, "at least one task"),
        ({"tasks": {"identity": 0}}, "must be an integer of at least 1"),
        ({"tasks": {"who is it": 3}}, "must be a plain identifier"),
        ({"tasks": {"type": 3}}, "cannot be called 'type'"),
        ({"tasks": {"graph": 3}}, "cannot be called 'graph'"),
        ({"in_channels": 0}, "in_channels must be an integer of at least 1"),
        ({"in_channels": True}, "in_channels must be an integer of at least 1"),
        ({"segment_length": 30.0}, "segment_length must be an integer of at least 1"),
        ({"segment_length": 10**9}, "segment_length .* at most 16777216, got 1000000000"),
        ({"in_channels": 10**19}, "in_channels .* at most 4096, got 10000000000000000000"),
        ({"tasks": ["identity"]}, r"number of classes, such as tasks=.*, got \['identity'\]"),
        ({"tasks": 5}, "number of classes, .*, got 5"),
        ({"tasks": {"identity": 10**19}}, r"tasks\['identity'\] .* at most 16777216"),
        ({"backbone": ["resnet"]}, r"no backbone is called \['resnet'\]; there are cnn"),
        ({"attention": ["sca"]}, r"no attention is called \['sca'\]; there are cbam"),
        ({"seed": "a"}, "seed must be an integer of at least 0 and at most .*, got 'a'"),
        ({"seed": 2**70}, "seed must be an integer of at least 0"),
    ],
)
def test_illegal_networks(settings, message):
    with pytest.raises(ValueError, match=message):
        network(**settings)


def test_numpy_integers_are_integers():
    module = network(tasks={"identity": np.int64(4)}, in_channels=np.int32(2))
    assert module.spec["tasks"] == {"identity": 4}
    assert type(module.spec["tasks"]["identity"]) is int


# The table


@pytest.mark.parametrize("attention", sorted(dt4ecg.nn.attentions()))
@pytest.mark.parametrize("backbone", sorted(dt4ecg.nn.backbones()))
@pytest.mark.parametrize(("leads", "length"), [(1, LENGTH), (3, 37)])
def test_every_entry_of_the_table_learns(backbone, attention, leads, length):
    X, y = segments(12, leads=leads)
    X = X[..., :length].copy()
    module = network(
        backbone=backbone, attention=attention, in_channels=leads, segment_length=length
    )
    run = dt4ecg.Trainer(module, epochs=4, batch_size=12, n_threads=1).fit(X, y)
    loss = run.history["train"]["loss"].sum(1)
    assert loss[-1] < loss[0]
    parts = module.parts()
    assert sum(part["parameters"] for part in parts.values()) == sum(
        parameter.numel() for parameter in module.parameters()
    )
    weights = sum(p.numel() for p in module.backbone.parameters() if p.dim() > 1)
    assert parts["backbone"]["multiply_adds"] >= weights


# Parts written in Python


@pytest.fixture
def python_parts(monkeypatch):
    monkeypatch.setattr(dt4ecg.nn.registry, "_python_backbones", {})
    monkeypatch.setattr(dt4ecg.nn.registry, "_python_attentions", {})
    dt4ecg.nn.register_backbone(
        "one_conv",
        lambda channels, length: torch.nn.Sequential(
            torch.nn.Conv1d(channels, 8, 7), torch.nn.BatchNorm1d(8), torch.nn.ReLU()
        ),
        "one convolution",
    )
    dt4ecg.nn.register_attention(
        "gate", lambda channels, length: torch.nn.Sequential(torch.nn.Conv1d(channels, channels, 1))
    )


@pytest.mark.parametrize(
    ("backbone", "attention"), [("one_conv", "sca"), ("resnet", "gate"), ("one_conv", "gate")]
)
def test_registered_parts_train(python_parts, backbone, attention, tmp_path):
    X, y = segments()
    classifier = dt4ecg.DT4ECGClassifier(
        backbone=backbone, attention=attention, epochs=15, learning_rate=1e-2, n_threads=1
    ).fit(X, y)
    loss = classifier.history_["train"]["loss"]
    assert (loss[-1] < loss[0]).all()
    classifier.save(tmp_path / "model.dt4ecg")
    loaded = dt4ecg.load(tmp_path / "model.dt4ecg")
    np.testing.assert_array_equal(loaded.predict(X), classifier.predict(X))


def test_registered_parts_take_the_seed(python_parts):
    parts = {"backbone": "one_conv", "attention": "gate"}
    assert same_tensors(network(3, **parts).state_dict(), network(3, **parts).state_dict())
    assert not same_tensors(network(3, **parts).state_dict(), network(4, **parts).state_dict())


def test_registering_refuses(python_parts):
    with pytest.raises(ValueError, match="resnet"):
        dt4ecg.nn.register_backbone("resnet", lambda channels, length: torch.nn.Identity())
    with pytest.raises(TypeError, match="must be callable"):
        dt4ecg.nn.register_attention("mine", None)
    dt4ecg.nn.register_backbone("pooled", lambda c, t: torch.nn.AdaptiveAvgPool2d((None, 1)))
    dt4ecg.nn.register_backbone("flat", lambda c, t: torch.nn.Flatten())
    with pytest.raises(ValueError, match="must return feature maps"):
        network(backbone="flat")
    dt4ecg.nn.register_attention("short", lambda c, t: torch.nn.AvgPool1d(2))
    with pytest.raises(ValueError, match="must keep the shape"):
        network(attention="short")
    dt4ecg.nn.register_attention("nothing", lambda c, t: abs)
    with pytest.raises(TypeError, match=r"must return a torch\.nn\.Module"):
        network(attention="nothing")


def test_a_plain_module_trains_beside_them():
    X, y = segments()
    run = dt4ecg.Trainer(PlainModule(), epochs=2, n_threads=1).fit(X, y)
    assert run.history["tasks"] == tuple(TASKS)


# Modes and seeds


def test_seeds_leave_the_devices_generators_alone(python_parts, monkeypatch):
    seeded = []
    monkeypatch.setattr(torch.cuda, "manual_seed_all", seeded.append)
    module = network(seed=1, backbone="one_conv")
    dt4ecg.Trainer(module, epochs=1, n_threads=1).fit(*segments())
    assert not seeded


def test_a_registered_part_keeps_its_frozen_module(python_parts):
    def frozen(channels, length):
        part = torch.nn.Sequential(torch.nn.Conv1d(channels, 8, 7), torch.nn.BatchNorm1d(8))
        part[1].eval()
        return part

    dt4ecg.nn.register_backbone("frozen", frozen)
    module = network(backbone="frozen")
    assert module.training
    assert not module.backbone[1].training


# What run_graph refuses


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


def test_autocast_rounds_products_and_keeps_what_nodes_hand_on(x):
    with torch.autocast("cpu", torch.bfloat16):
        found = logits_of(network().eval(), x)
    exact = logits_of(network().eval(), x)
    assert found.dtype == torch.float32
    assert not torch.equal(found, exact)
    torch.testing.assert_close(found, exact, rtol=0.05, atol=0.05)
