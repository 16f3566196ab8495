"""Stored parameters are compared with a network's description before it is built."""

import pytest
import torch
from support.toy import network

import dt4ecg
from dt4ecg.nn.checks import require_sizes


@pytest.mark.parametrize("settings", [{}, {"backbone": "mlp", "attention": "se"}])
def test_the_state_of_a_network_fits(settings):
    module = network(**settings)
    require_sizes(module.spec, module.state_dict())


@pytest.mark.parametrize("part", ["backbone.stem", "attention", "heads"])
def test_a_missing_or_misshapen_parameter_is_named(part):
    module = network()
    name = next(name for name in module.state_dict() if name.startswith(part))
    state = module.state_dict()
    shape = tuple(state[name].shape)
    state[name] = torch.zeros(*shape, 1)
    with pytest.raises(ValueError, match=rf"^{name} has the shape .* needs ") as caught:
        require_sizes(module.spec, state)
    assert str(shape) in str(caught.value)
    del state[name]
    with pytest.raises(ValueError, match=f"^{name} is missing"):
        require_sizes(module.spec, state)


def test_parts_written_in_python_are_left_out(monkeypatch):
    monkeypatch.setattr(dt4ecg.nn.registry, "_python_backbones", {})
    monkeypatch.setattr(dt4ecg.nn.registry, "_python_attentions", {})
    dt4ecg.nn.register_backbone("conv", lambda channels, length: torch.nn.Conv1d(channels, 8, 3))
    dt4ecg.nn.register_attention(
        "gate", lambda channels, length: torch.nn.Conv1d(channels, channels, 1)
    )
    require_sizes(network(backbone="conv").spec, {})
    module = network(attention="gate")
    state = {name: value for name, value in module.state_dict().items() if "attention" not in name}
    require_sizes(module.spec, state)
    with pytest.raises(ValueError, match="is missing"):
        require_sizes(module.spec, {})


@pytest.mark.parametrize("value", [1, "yes", None])
def test_flags_are_bools(value):
    with pytest.raises(ValueError, match=f"standardize must be True or False, got {value!r}"):
        network(standardize=value)
