"""A network that returns the class activation maps of its tasks."""

import numpy as np
import pytest
import torch

from dt4ecg import nn
from dt4ecg.inference.explain import grad_cam
from dt4ecg.nn.core_model import graph_stages

X = np.random.default_rng(0).standard_normal((5, 1, 60)).astype(np.float32)
TASKS = {"identity": 4, "activity": 3}


def pair(backbone="cnn", attention="sca", **more):
    network = nn.Network(backbone, attention, TASKS, 1, 60, seed=0, **more)
    return network, nn.MapNetwork(network, {"rhythm": 17})


def maps_of(network, task):
    return network(torch.from_numpy(X))[task].detach().reshape(5, TASKS[task], -1)


def test_the_logits_are_the_means_of_the_maps():
    network, maps = pair(standardize=True)
    with torch.no_grad():
        for parameter in maps.maps.parameters():
            parameter.add_(0.1)  # a step of a training
    maps.write_heads()
    network.eval(), maps.eval()
    for task in TASKS:
        found = network(torch.from_numpy(X))[task]
        torch.testing.assert_close(found, maps_of(maps, task).mean(2), rtol=1e-4, atol=1e-5)
        assert not network.heads.get_parameter(f"{task}.bias").any()


def test_the_maps_are_those_of_grad_cam():
    network, maps = pair("resnet", "none")
    raw = maps_of(maps.eval(), "identity")[:, 2].relu()
    grown = torch.nn.functional.interpolate(raw[:, None], 60, mode="linear")[:, 0].numpy()
    largest = grown.max(1, keepdims=True)
    expected = np.divide(grown, largest, out=np.zeros_like(grown), where=largest > 0)
    np.testing.assert_allclose(grad_cam(network, X, "identity", 2), expected, atol=1e-5)


def test_auxiliary_outputs_are_no_part_of_the_network():
    network, maps = pair()
    names = set(network.state_dict())
    maps.eval(), network.eval()
    before = network(torch.from_numpy(X))
    with torch.no_grad():
        maps.maps.get_parameter("auxiliary0.weight").zero_()
        maps.maps.get_parameter("auxiliary0.bias").fill_(7)
    assert (maps(torch.from_numpy(X))["rhythm"] == 7).all()
    maps.write_heads()
    after = network(torch.from_numpy(X))
    for task in TASKS:
        assert torch.equal(before[task], after[task])
    assert set(network.state_dict()) == names


def test_all_parts_are_graphs_that_the_fused_loops_run():
    _, maps = pair("multiresolution")
    stages = graph_stages(maps)
    assert [path for path, _ in stages][-2:] == ["attention", "maps"]
    assert sum(len(stage.parameter_names) for _, stage in stages) == len([*maps.parameters()])


def test_illegal_networks():
    with pytest.raises(ValueError, match="'mlp' have no time axis"):
        pair("mlp")
    with pytest.raises(ValueError, match="'activity' is a task of the network"):
        nn.MapNetwork(nn.Network("cnn", "none", TASKS, 1, 60), {"activity": 3})
