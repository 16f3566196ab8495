"""Equal seeds give equal bits, whatever else the process does."""

import threading

import numpy as np
import pytest
import torch
from support.toy import (
    PlainModule,
    assert_same_bits,
    network,
    segments,
    trained,
)


@pytest.mark.parametrize("make", [network, PlainModule])
def test_equal_seeds_give_equal_bits(make):
    assert_same_bits(trained(make(), seed=3), trained(make(), seed=3))
    other = trained(make(), seed=4)
    assert not np.array_equal(
        other.history["train"]["loss"], trained(make(), seed=3).history["train"]["loss"]
    )


def test_other_threads_do_not_change_a_bit():
    alone = trained(seed=1, epochs=4)
    done = threading.Event()

    def busy():
        while not done.is_set():
            sum(range(1000))

    other = threading.Thread(target=lambda: trained(seed=2, epochs=4))
    spinning = threading.Thread(target=busy)
    spinning.start()
    other.start()
    try:
        accompanied = trained(seed=1, epochs=4)
    finally:
        done.set()
        other.join()
        spinning.join()
    assert_same_bits(alone, accompanied)


def test_the_number_of_threads_does_not_change_a_bit():
    assert_same_bits(trained(n_threads=1), trained(n_threads=2))


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
@pytest.mark.parametrize("make", [network, PlainModule])
def test_the_grad_mode_of_the_caller_does_not_change_a_bit(mode, make):
    expected = trained(make())
    module = make()
    with mode():
        found = trained(module)
    assert_same_bits(expected, found)


@pytest.mark.parametrize("module", [network, PlainModule])
def test_the_autocast_of_the_caller_does_not_change_a_bit(module):
    with torch.autocast("cpu", dtype=torch.bfloat16):
        inside = trained(module())
    assert_same_bits(inside, trained(module()))


def test_the_memory_layout_of_the_segments_does_not_change_a_bit():
    X, y = segments()
    expected = trained(epochs=1)
    read_only = X.copy()
    read_only.flags.writeable = False
    for same in (read_only, X[:, :, ::-1].copy()[:, :, ::-1], np.asfortranarray(X), X.tolist()):
        assert_same_bits(expected, trained(data=(same, y), epochs=1))


def test_a_module_with_dropout_does_not_change_the_generator_of_the_caller():
    before = torch.get_rng_state()
    trained(PlainModule())
    assert torch.equal(before, torch.get_rng_state())


def test_a_parameter_that_a_callback_moves_is_trained_in_its_new_place():
    def move(run):
        for parameter in run.network.parameters():
            parameter.data = parameter.data.clone()

    assert_same_bits(trained(fit={"callbacks": [move]}), trained())


def test_a_callback_may_switch_to_eval_mode():
    def evaluate(run):
        run.network.eval()

    assert_same_bits(trained(PlainModule(), fit={"callbacks": [evaluate]}), trained(PlainModule()))
