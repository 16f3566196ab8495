"""Devices and number formats."""

import warnings

import numpy as np
import pytest
import torch
from support.toy import (
    PlainModule,
    assert_same_bits,
    network,
    trained,
    trainer,
)


def test_cuda():
    if torch.cuda.is_available():
        run = trained(device="cuda", epochs=12)
        assert (run.history["train"]["accuracy"][-1] > 0.9).all()
        return
    with pytest.raises(ValueError, match="this torch finds no CUDA device; use device='cpu'"):
        trainer(network(), device="cuda")
    pytest.skip("no CUDA device: only the refusal is tested")


@pytest.mark.filterwarnings("ignore:fit. this processor has no bfloat16")
@pytest.mark.parametrize("module", [network, PlainModule, lambda: network(backbone="lstm")])
def test_bf16_trains_nearly_as_float32_and_keeps_float32_weights(module):
    exact = trained(module(), epochs=3)
    rounded = trained(module(), epochs=3, precision="bf16")
    assert not rounded.fused
    assert_same_bits(rounded, trained(module(), epochs=3, precision="bf16"))
    loss, wanted = (np.array(run.history["train"]["loss"]) for run in (rounded, exact))
    assert not np.array_equal(loss, wanted)
    np.testing.assert_allclose(loss, wanted, rtol=0.1)
    assert all(p.dtype == torch.float32 for p in rounded.network.parameters())


@pytest.mark.parametrize(("units", "warned"), [({"avx2": True}, 1), ({"amx_bf16": True}, 0)])
def test_bf16_warns_where_the_processor_emulates_it(monkeypatch, units, warned):
    capabilities = {"avx512_bf16": False, "l2_cache_size": 1048576} | units
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        trained(precision="bf16")
        trained(precision="float32")
    assert ["bfloat16 units" in str(w.message) for w in found] == [True] * warned
