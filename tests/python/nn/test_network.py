"""The network as an ordinary torch.nn.Module, against compositions of torch's layers."""

import io
from copy import deepcopy

import numpy as np
import pytest
import torch
from benchmarks.plain_torch import plain_copy
from support.toy import LENGTH, check_gradients, network, same_tensors, segments
from torch.nn import functional

import dt4ecg


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
    for mode in (True, False):  # training first, because evaluation uses its statistics
        found, expected = logits_of(ours.train(mode), x), logits_of(plain.train(mode), x)
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)
    found.sum().backward()
    expected.sum().backward()
    torch.testing.assert_close(
        ours.backbone.stem.conv.conv.weight.grad, plain.stem[1].weight.grad, rtol=1e-3, atol=1e-5
    )


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("attention", ["none", "sca"])
def test_gradients_of_a_whole_network(attention, training):
    module = network(attention=attention, segment_length=16).double().train(training)
    random = torch.Generator().manual_seed(3)
    for (
        name,
        buffer,
    ) in module.named_buffers():  # the initial 0 and 1 would hide mistakes in eval mode
        if buffer.is_floating_point():
            buffer.uniform_(0.5, 1.5, generator=random)
            assert name.endswith(("running_mean", "running_var"))
    check_gradients(module, torch.randn(3, 1, 16, dtype=torch.float64, generator=random))


# Behaviour of an ordinary module


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
@pytest.mark.slow
def test_compile_without_a_graph_break(x):
    module = network().eval()
    compiled = torch.compile(module, fullgraph=True, backend="aot_eager")
    torch.testing.assert_close(logits_of(compiled, x), logits_of(module, x))


def test_torchs_optimisers_train_a_network(x):
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


def test_a_network_built_in_inference_mode_can_be_trained():
    X, y = segments()
    with torch.inference_mode():
        classifier = dt4ecg.DT4ECGClassifier(epochs=1, n_threads=1).fit(X, y)
    dt4ecg.Trainer(classifier.network_, epochs=1, n_threads=1).fit(X, y)


# Illegal arguments


@pytest.mark.parametrize("x", [None, np.zeros((8, 1, LENGTH), np.float32)])
def test_segments_that_are_not_a_tensor(x):
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
        ({"backbone": "vgg"}, "'vgg'; there are cnn, (co_attention, )?densenet"),
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


def test_the_default_is_the_papers_network():
    spec = {"backbone": "resnet", "attention": "sca", "in_channels": 1, "segment_length": 300}
    tasks = {"identity": 15, "activity": 3}
    module = dt4ecg.nn.Network()
    assert module.spec == {**spec, "tasks": tasks, "standardize": False}
    assert module.tasks == tasks
    assert str(spec["segment_length"]) in repr(module)


def test_numpy_integers_are_integers():
    module = network(tasks={"identity": np.int64(4)}, in_channels=np.int32(2))
    assert module.spec["tasks"] == {"identity": 4}
    assert type(module.spec["tasks"]["identity"]) is int


def test_autocast_rounds_products_and_returns_float32(x):
    with torch.autocast("cpu", torch.bfloat16):
        found = logits_of(network().eval(), x)
    exact = logits_of(network().eval(), x)
    assert found.dtype == torch.float32
    assert not torch.equal(found, exact)
    torch.testing.assert_close(found, exact, rtol=0.05, atol=0.05)


def test_the_html_holds_the_architecture_and_the_size_of_each_part():
    built = dt4ecg.nn.Network(backbone="cnn", attention="se", tasks={"who": 4, "activity": 3})
    html = built._repr_html_()
    assert all(f">{text}<" in html for text in ("cnn", "se", "who: 4, activity: 3"))
    for part, counts in built.parts().items():
        assert f">{part}<" in html
        assert all(f">{count}<" in html for count in counts.values())
