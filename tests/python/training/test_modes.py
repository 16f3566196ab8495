"""Train and eval mode: a frozen part stays frozen."""

import pytest
import torch
from support.toy import (
    PlainModule,
    assert_same_bits,
    epochs_in,
    network,
    segments,
    trained,
    trainer,
)

from dt4ecg.inference import predict_logits


def freeze_stage(module):
    module.backbone.stem.eval()
    return module.backbone.stem


def freeze_norm(module):
    module.trunk[1].eval()
    return module.trunk[1]


@pytest.mark.parametrize(("make", "freeze"), [(network, freeze_stage), (PlainModule, freeze_norm)])
@pytest.mark.parametrize("weighting", ["none", "chen2018"])
def test_a_part_in_eval_mode_stays_frozen(make, freeze, weighting):
    module = make()
    part = freeze(module)
    modes = [m.training for m in module.modules()]
    statistics = [buffer.clone() for buffer in part.buffers()]
    run = trainer(module, weighting=weighting)
    run.fit(*segments(), validation_data=segments(30, seed=1))
    assert all(torch.equal(a, b) for a, b in zip(statistics, part.buffers(), strict=True))
    assert [m.training for m in module.modules()] == modes
    predict_logits(module, segments()[0])
    assert [m.training for m in module.modules()] == modes


@pytest.mark.parametrize("make", [network, PlainModule])
def test_a_network_in_eval_mode_is_trained_and_returns_to_it(make):
    module = make().eval()
    assert_same_bits(trained(module), trained(make()))
    assert not any(part.training for part in module.modules())


def test_a_mixed_mode_within_a_stage_is_refused():
    module = network()
    module.backbone.stem.norm.eval()
    module.register_forward_hook(lambda *_: None)  # called through Python, too
    with pytest.raises(ValueError, match=r"backbone\.stem\.norm is in eval mode, but its stage"):
        trained(module)


@pytest.mark.filterwarnings("ignore:fit. this processor has no bfloat16")
@pytest.mark.parametrize("precision", ["float32", "bf16"])
def test_a_parameter_frozen_by_a_callback_is_refused(precision):
    def freeze(run):
        next(run.network.parameters()).requires_grad_(False)

    with pytest.raises(RuntimeError, match="frozen or thawed during the training"):
        trained(fit={"callbacks": [freeze]}, precision=precision)


def test_a_parameter_thawed_by_a_callback_is_refused():
    net = network()
    next(net.parameters()).requires_grad_(False)

    def thaw(run):
        next(run.network.parameters()).requires_grad_(True)

    X, y = segments()
    with pytest.raises(RuntimeError, match="frozen or thawed during the training"):
        trainer(net, epochs=2).fit(X, y, callbacks=[thaw])


@pytest.mark.parametrize("make", [network, PlainModule])
@pytest.mark.parametrize("kind", ["named_buffers", "named_parameters"])
def test_a_tensor_freed_by_a_callback_is_refused(make, kind, tmp_path):
    """Torch itself would end the process when it reads such a tensor."""
    freed = []

    def free(run):
        tensor = next(tensor for _, tensor in getattr(run.network, kind)() if tensor.dim())
        freed.append(tensor.untyped_storage())
        freed[0].resize_(0)

    with (
        pytest.warns(RuntimeWarning, match="the state could not be saved"),
        pytest.raises(RuntimeError, match="has a storage of 0; do not resize"),
    ):
        trained(make(), fit={"callbacks": [free], "checkpoint": tmp_path / "run"})
    freed[0].resize_(4096)  # whatever reads it later
    assert epochs_in(tmp_path / "run") == 1
