"""The backbone of parallel kernels."""

import numpy as np
import pytest
import torch

from dt4ecg import nn
from dt4ecg.inference import Inference


def test_shape_and_size():
    network = nn.Network("multiresolution", "none", {"a": 3}, 2, 300, seed=0)
    assert network.backbone(torch.zeros(2, 2, 300)).shape == (2, 72, 75)
    # Each block after the first: a convolution of kernel 1, then kernels 5, 11 and 21; batch norms
    # with two parameters per channel; no biases.
    expected = 2 * 2  # the batch norm of the input
    channels = 2
    for number, width in enumerate((8, 12, 16, 24)):
        if number:
            expected += channels * width + 2 * width
            channels = width
        expected += 37 * channels * width + 3 * 2 * width
        channels = 3 * width
    assert sum(p.numel() for p in network.backbone.parameters()) == expected


def test_a_block_is_parallel_convolutions():
    network = nn.Network("multiresolution", "none", {"a": 3}, 1, 40, seed=0).eval()
    block = network.backbone[1]
    x = torch.randn(2, 24, 20, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():

        def conv_norm(values, name):
            conv = block.get_parameter(f"{name}.conv.weight")
            norm = block.get_submodule(f"{name}.norm")
            values = torch.nn.functional.conv1d(values, conv, padding=conv.shape[2] // 2)
            return torch.nn.functional.batch_norm(
                values, norm.running_mean, norm.running_var, norm.weight, norm.bias
            ).relu()

        reduced = conv_norm(x, "reduce")
        parts = [conv_norm(reduced, f"kernel{kernel}") for kernel in (5, 11, 21)]
        expected = torch.nn.functional.max_pool1d(torch.cat(parts, 1), 2)
        torch.testing.assert_close(block(x), expected, rtol=1e-4, atol=1e-5)


def test_the_fast_inference_agrees():
    network = nn.Network("multiresolution", "sca", {"a": 3}, 1, 100, seed=0).eval()
    x = torch.from_numpy(np.random.default_rng(0).standard_normal((3, 1, 100)).astype(np.float32))
    torch.testing.assert_close(
        Inference(network)(x)["a"], network(x)["a"].detach(), rtol=1e-4, atol=1e-5
    )


def test_equal_seeds_give_equal_parameters_and_others_differ():
    first, same, other = (
        nn.Network("multiresolution", "none", {"a": 3}, 1, 100, seed=seed).state_dict()
        for seed in (0, 0, 1)
    )
    assert all(torch.equal(first[name], same[name]) for name in first)
    assert not torch.equal(
        first["backbone.block1.kernel5.conv.weight"], other["backbone.block1.kernel5.conv.weight"]
    )


def test_it_cannot_be_replaced_and_needs_four_samples():
    with pytest.raises(ValueError, match="'multiresolution' is one of the package's own"):
        nn.register_backbone("multiresolution", lambda channels, length: torch.nn.Identity())
    with pytest.raises(ValueError, match="max_pool"):
        nn.Network("multiresolution", "none", {"a": 3}, 1, 3)
