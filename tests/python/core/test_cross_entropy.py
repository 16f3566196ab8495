"""The fused cross-entropy against PyTorch: values and derivatives, and illegal arguments."""

import pytest
import torch
from support.toy import PlainModule, segments
from torch.profiler import ProfilerActivity, profile

import dt4ecg

OP = torch.ops.dt4ecg.cross_entropy


def case(dtype=torch.float64, weighted=True, missing=True, samples=7, classes=4):
    random = torch.Generator().manual_seed(2)
    logits = 3 * torch.randn(samples, classes, dtype=dtype, generator=random)
    labels = torch.randint(0, classes, (samples,), generator=random)
    if missing:
        labels[::3] = -1
    weight = torch.rand(samples, generator=random) if weighted else None
    return logits.requires_grad_(), labels, weight


def reference(logits, labels, weight, smoothing):
    each = torch.nn.functional.cross_entropy(
        logits, labels, ignore_index=-1, reduction="none", label_smoothing=smoothing
    )
    known = (labels >= 0).to(logits.dtype) * (1 if weight is None else weight)
    return (each * known).sum() / known.sum()


cases = pytest.mark.parametrize(
    ("weighted", "missing", "smoothing"),
    [(False, False, 0.0), (False, True, 0.0), (True, True, 0.0), (True, True, 0.3)],
)


@cases
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_value_and_gradient(dtype, weighted, missing, smoothing):
    logits, labels, weight = case(dtype, weighted, missing)
    loss, gradient = OP(logits, labels, weight, smoothing)
    expected = reference(logits, labels, weight, smoothing)
    torch.testing.assert_close(loss, expected)
    torch.testing.assert_close(gradient, torch.autograd.grad(expected, logits)[0])
    torch.testing.assert_close(torch.autograd.grad(2 * loss, logits)[0], 2 * gradient)


@cases
def test_gradcheck_to_the_second_order(weighted, missing, smoothing):
    logits, labels, weight = case(weighted=weighted, missing=missing)

    def loss(logits):
        return OP(logits, labels, weight, smoothing)[0]

    assert torch.autograd.gradcheck(loss, logits)
    assert torch.autograd.gradgradcheck(loss, logits)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_opcheck(dtype):
    logits, labels, weight = case(dtype)
    torch.library.opcheck(OP, (logits, labels, weight, 0.1))
    torch.library.opcheck(OP, (logits, labels))


def test_strides_and_large_logits():
    logits, labels, weight = case(torch.float32)
    with torch.no_grad():
        far = 1e4 * logits
        loss, gradient = OP(far.t().contiguous().t(), labels, weight)
        torch.testing.assert_close(loss, reference(far, labels, weight, 0.0))
    assert gradient.isfinite().all()


def test_a_masked_class():
    logits = torch.tensor([[1.0, 2.0, -torch.inf]])
    loss, gradient = OP(logits, torch.tensor([0]))
    torch.testing.assert_close(loss, torch.nn.functional.cross_entropy(logits, torch.tensor([0])))
    assert gradient.isfinite().all()


def test_weights_with_a_derivative_are_refused():
    logits, labels, weight = case()
    with pytest.raises(ValueError, match="sample_weight has no derivative here"):
        OP(logits, labels, weight.requires_grad_())


def test_a_batch_without_labels():
    logits, labels, _ = case()
    loss, gradient = OP(logits, labels.fill_(-1))
    assert loss.isnan()
    assert gradient.abs().max() == 0


def test_the_trainer_uses_it_for_modules_of_pytorch():
    X, y = segments(8)
    with profile(activities=[ProfilerActivity.CPU]) as seen:
        dt4ecg.Trainer(PlainModule(), weighting="none", epochs=1, n_threads=1).fit(X, y)
    assert any(event.key == "dt4ecg::cross_entropy" for event in seen.key_averages())


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"labels": torch.tensor([0, 4])}, "labels must lie in -1 .unknown. to 3, got 0 to 4"),
        ({"labels": torch.tensor([0, -2])}, "got -2 to 0"),
        ({"labels": torch.tensor([0.0, 1.0])}, "labels must be int64"),
        ({"labels": torch.tensor([0])}, "labels must be int64"),
        ({"logits": torch.zeros(2)}, "logits must be float32 or float64"),
        ({"logits": torch.zeros(2, 0)}, "logits must be float32 or float64"),
        ({"logits": torch.zeros(2, 4, dtype=torch.int64)}, "logits must be float32 or float64"),
        ({"sample_weight": torch.zeros(3)}, "sample_weight must be float32"),
        ({"sample_weight": torch.zeros(2, dtype=torch.float64)}, "sample_weight must be float32"),
        ({"sample_weight": torch.tensor([1.0, -1.0])}, "must be finite and at least 0"),
        ({"sample_weight": torch.tensor([1.0, torch.nan])}, "must be finite and at least 0"),
        ({"label_smoothing": 1.0}, "label_smoothing must be at least 0 and below 1"),
        ({"label_smoothing": float("nan")}, "label_smoothing must be at least 0 and below 1"),
    ],
)
def test_illegal_arguments(change, text):
    arguments = {"logits": torch.zeros(2, 4), "labels": torch.tensor([0, 1])} | change
    with pytest.raises(ValueError, match=text):
        OP(**arguments)
