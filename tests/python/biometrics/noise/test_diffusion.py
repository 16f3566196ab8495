"""The formulas of noising, loss and reverse steps, against hand-computed values."""

import numpy as np
import pytest
import torch

from dt4ecg.biometrics.noise.diffusion import NoiseLoss, mean_loss, noised, reverse, signal_shares
from dt4ecg.biometrics.noise.unet import UNet
from dt4ecg.biometrics.sinusoids import sinusoids


def test_the_shares_are_products_of_a_linear_schedule():
    beta = 1e-4 + (0.02 - 1e-4) * np.arange(1000) / 999
    np.testing.assert_allclose(signal_shares(), np.cumprod(1 - beta), rtol=1e-12)
    assert signal_shares()[1].item() == pytest.approx(0.9999 * (1 - 1e-4 - 0.0199 / 999))


def test_noised_images_have_the_power_of_image_and_noise():
    x, noise = torch.tensor([[[0.5]], [[0.5]]]), torch.tensor([[[2.0]], [[-1.0]]])
    share = signal_shares().numpy()
    expected = [share[30] ** 0.5 * 0.5 + (1 - share[30]) ** 0.5 * 2]
    expected += [share[999] ** 0.5 * 0.5 - (1 - share[999]) ** 0.5]
    found = noised(x, noise, torch.tensor([30, 999]))
    np.testing.assert_allclose(found.flatten(), expected, rtol=1e-6)


@pytest.mark.parametrize("times", [[30, 20, 10], [30, 20, 10, 0], [999, 500], [5]])
def test_steps_with_the_true_noise_give_the_image_back(times):
    torch.manual_seed(0)
    x, noise = torch.rand(3, 4, 8) * 2 - 1, torch.randn(3, 4, 8)
    calls = []

    def oracle(state, time):
        calls.append(int(time[0]))
        return noise

    start = noised(x, noise, torch.full((3,), times[0]))
    np.testing.assert_allclose(reverse(oracle, start, times), x, atol=2e-4)
    assert calls == times


def test_one_step_is_equation_12():
    share = signal_shares().numpy()
    x, noise = 0.3, 0.2
    clean = (x - (1 - share[30]) ** 0.5 * noise) / share[30] ** 0.5
    expected = share[20] ** 0.5 * clean + (1 - share[20]) ** 0.5 * noise
    found = reverse(
        lambda state, time: torch.full_like(state, noise), torch.full((1, 1, 1), x), [30], last=20
    )
    assert found.item() == pytest.approx(expected, rel=1e-6)


def test_the_estimate_of_the_clean_image_is_kept_in_range():
    found = reverse(lambda state, time: torch.zeros_like(state), torch.full((1, 1, 1), 7.0), [30])
    assert found.item() == 1.0


def test_the_loss_is_the_mean_squared_error_of_the_noise():
    """A network that returns 0 has the loss E[noise^2] = 1, and a perfect network has 0."""
    x = torch.zeros(200, 8, 16)
    outputs = NoiseLoss(torch.nn.Module())
    outputs.network.forward = lambda state, time: torch.zeros_like(state)
    torch.manual_seed(0)
    loss = outputs(x)
    assert loss["noise"].shape == (200, 1)
    assert mean_loss(loss, None)["noise"].item() == pytest.approx(1.0, abs=0.05)

    def perfect(state, time):
        return state / (1 - signal_shares()[time]).sqrt().float()[:, None, None]

    outputs.network.forward = perfect
    assert mean_loss(outputs(x), None)["noise"].item() < 1e-8


def test_the_network_is_small_and_reads_the_time():
    torch.manual_seed(0)
    network = UNet(16)
    assert sum(parameter.numel() for parameter in network.parameters()) <= 1_000_000
    x = torch.randn(2, 32, 64)
    assert (network(x, torch.tensor([0, 0])) == 0).all()  # before training
    torch.nn.init.normal_(network.head.weight)
    early, late = (network(x, torch.full((2,), time)) for time in (1, 900))
    assert early.shape == x.shape
    assert not torch.allclose(early, late)
    angles = 7 / 10_000 ** (np.arange(4) / 4)
    np.testing.assert_allclose(
        sinusoids(torch.tensor([7]), 8)[0], np.r_[np.sin(angles), np.cos(angles)], rtol=1e-5
    )
