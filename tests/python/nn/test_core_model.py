"""Which networks run as a chain of graphs, and what a called module must return."""

import pytest
import torch
from support.toy import TASKS, PlainModule, network, segments

import dt4ecg
from dt4ecg import _core
from dt4ecg.nn.called_module import CalledModule, tasks_of
from dt4ecg.nn.core_model import core_model, graph_stages

X = torch.from_numpy(segments(5)[0])


def hooked(register: str):
    module = network()
    getattr(module.attention, register)(lambda *_: None)
    return module


def with_own_attention():
    module = network()
    module.attention = torch.nn.Identity()
    return module


def with_own_backbone_layer():
    module = network()
    module.backbone.add_module("extra", torch.nn.Identity())
    return module


def with_own_backbone():
    class Backbone(torch.nn.Sequential):
        pass

    module = network()
    module.backbone = Backbone(*module.backbone)
    return module


def with_shared_parameter():
    module = network(tasks={"first": 3, "second": 3})
    module.heads.second.weight = module.heads.first.weight
    return module


def parametrized():
    module = network()
    torch.nn.utils.parametrizations.weight_norm(module.heads.identity)
    return module


def derived():
    class Derived(dt4ecg.nn.Network):
        pass

    return Derived(tasks=TASKS, segment_length=48)


NOT_GRAPHS = {
    "plain module": PlainModule,
    "subclass": derived,
    "forward hook": lambda: hooked("register_forward_hook"),
    "forward pre-hook": lambda: hooked("register_forward_pre_hook"),
    "backward hook": lambda: hooked("register_full_backward_hook"),
    "backward pre-hook": lambda: hooked("register_full_backward_pre_hook"),
    "own attention": with_own_attention,
    "own backbone layer": with_own_backbone_layer,
    "own backbone": with_own_backbone,
    "shared parameter": with_shared_parameter,
    "parametrized": parametrized,
}


@pytest.mark.parametrize("kind", NOT_GRAPHS)
def test_networks_with_python_code_are_called(kind):
    module = NOT_GRAPHS[kind]()
    assert graph_stages(module) is None
    assert isinstance(core_model(module, TASKS), _core.train.PythonModel)


@pytest.mark.parametrize("settings", [{}, {"standardize": True}])
def test_a_network_of_the_core_is_its_stages(settings):
    module = network(**settings)
    paths = [path for path, _ in graph_stages(module)]
    expected = ["standardize"] if settings else []
    expected += [f"backbone.{name}" for name, _ in module.backbone.named_children()]
    assert paths == [*expected, "attention", "pool", "heads"]
    assert isinstance(core_model(module, TASKS), _core.train.GraphModel)


def test_a_network_with_a_frozen_stage_is_called():
    module = network()
    module.backbone.stem.eval()
    assert graph_stages(module) is not None
    assert isinstance(core_model(module, TASKS), _core.train.PythonModel)


def test_a_stage_has_one_mode():
    module = network()
    module.backbone.stem.conv.eval()
    with pytest.raises(ValueError, match=r"backbone\.stem\.conv is in eval mode, but its stage"):
        core_model(module, TASKS)


def test_a_plain_module_trains():
    run = dt4ecg.Trainer(PlainModule(), epochs=2, n_threads=1).fit(*segments())
    assert run.history["tasks"] == tuple(TASKS)


# Called modules


def test_modes_are_kept_in_evaluation_and_restored_in_training():
    module = PlainModule()
    module.trunk[1].eval()
    call = CalledModule(module, TASKS)
    modes = [part.training for part in module.modules()]
    call(X, False)
    assert [part.training for part in module.modules()] == modes
    module.eval()
    call(X, True)
    assert [part.training for part in module.modules()] == modes


def test_evaluation_runs_in_eval_mode():
    module = PlainModule(dropout=0.9)
    call = CalledModule(module, TASKS)
    assert all(map(torch.equal, call(X, False)[0], call(X, False)[0]))
    assert not all(map(torch.equal, call(X, True)[0], call(X, True)[0]))


def test_the_features_of_a_network_are_the_input_of_its_heads():
    module = network().eval()
    logits, features = CalledModule(module, TASKS, features=True)(X, False)
    torch.testing.assert_close(features, module.embed(X))
    torch.testing.assert_close(logits, list(module(X).values()))
    assert CalledModule(module, TASKS)(X, False)[1] is None
    assert not module.heads._forward_pre_hooks


@pytest.mark.parametrize("features", [torch.zeros(5), torch.zeros(4, 3), "many"])
def test_illegal_features_are_refused(features):
    outputs = {task: logits(classes=n) for task, n in TASKS.items()} | {"features": features}
    with pytest.raises(ValueError, match="features of the module must be floating-point"):
        CalledModule(Returning(outputs), TASKS, features=True)(X, True)


class Returning(torch.nn.Module):
    def __init__(self, outputs):
        super().__init__()
        self.outputs = outputs

    def forward(self, x):
        return self.outputs


def logits(n=5, classes=3, **options):
    return torch.zeros(n, classes, requires_grad=not options, **options)


@pytest.mark.parametrize(
    ("outputs", "description"),
    [
        (None, "NoneType"),
        (logits(), r"float32 \(5, 3\)"),
        ({"identity": logits()}, r"\{'identity': float32 \(5, 3\)\}"),
        ({"identity": logits(), "activity": logits(classes=3)}, "'activity'"),
        ({"identity": logits(), "activity": logits(n=4, classes=2)}, r"float32 \(4, 2\)"),
        ({"identity": logits(), "activity": logits(classes=2)[0]}, r"float32 \(2,\)"),
        ({"identity": logits(), "activity": logits(classes=2, dtype=torch.int64)}, "int64"),
        ({"identity": logits(), "activity": logits(classes=2, device="meta")}, "'activity'"),
        ({"identity": logits(), "activity": [1.0]}, "'activity': list"),
    ],
)
def test_outputs_that_are_not_the_tasks_logits(outputs, description):
    call = CalledModule(Returning(outputs), TASKS)
    with pytest.raises(
        ValueError, match=rf"identity \(5, 3\), activity \(5, 2\); got.*{description}"
    ):
        call(X, True)


def test_logits_without_a_gradient():
    outputs = {task: torch.zeros(5, n) for task, n in TASKS.items()}
    call = CalledModule(Returning(outputs), TASKS)
    with pytest.raises(ValueError, match="depend on no parameter that requires a gradient"):
        call(X, True)
    with torch.no_grad():
        assert len(call(X, False)) == 2


def test_tasks_of_a_module_are_asked_of_it():
    module = PlainModule()
    assert tasks_of(module, X[:1]) == TASKS
    assert module.training
    assert tasks_of(network(), X[:1]) == TASKS


@pytest.mark.parametrize(
    "outputs",
    [
        None,
        {},
        {1: torch.zeros(5, 3)},
        {"identity": torch.zeros(5)},
        {"identity": torch.ones(5, 0)},
    ],
)
def test_a_module_without_tasks_is_refused(outputs):
    with pytest.raises(ValueError, match=r"must return \{task: .*segments \(5, 1, 48\), got"):
        tasks_of(Returning(outputs), X)
