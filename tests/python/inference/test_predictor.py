"""The inference executor gives the results of the network, for any batch and number of threads."""

import copy
import pickle

import numpy as np
import pytest
import torch
from support.toy import LENGTH, TASKS, PlainModule, network, segments

import dt4ecg
from dt4ecg import _core
from dt4ecg.inference import Inference, predict_embedding, predict_logits
from dt4ecg.nn.segments import as_segments


@pytest.fixture(params=dt4ecg._core.nn.backbones())
def trained(request):
    """A network whose running statistics differ from the initial ones."""
    net = network(backbone=request.param)
    net.train()
    for seed in range(3):
        net(torch.from_numpy(segments(seed=seed)[0]))
    return net.eval()


def close(found: torch.Tensor, expected: torch.Tensor) -> None:
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("n", [1, 3, 4, 5, 37])
def test_equals_the_network(trained, n):
    x = torch.from_numpy(segments(n)[0])
    found = Inference(trained)(x)
    assert list(found) == list(TASKS)
    with torch.no_grad():
        for task, logits in trained(x).items():
            close(found[task], logits)
        close(predict_embedding(trained, x), trained.embed(x))


def test_threads_do_not_change_a_bit(trained):
    x = segments(23)[0]
    run = Inference(trained)
    before = torch.get_num_threads()
    try:
        answers = []
        for threads in (1, 2, 3):
            torch.set_num_threads(threads)
            answers.append(run(x))
    finally:
        torch.set_num_threads(before)
    for answer in answers[1:]:
        for task in TASKS:
            assert torch.equal(answer[task], answers[0][task])


def test_it_copies_the_weights(trained):
    x = segments(5)[0]
    run = Inference(trained)
    before = run(x)
    with torch.no_grad():
        for parameter in trained.parameters():
            parameter.mul_(2)
    for task in TASKS:
        assert torch.equal(run(x)[task], before[task])
        assert not torch.equal(predict_logits(trained, x)[task], before[task])


def test_under_inference_mode(trained):
    x = segments(9)[0]
    run = Inference(trained)
    with torch.inference_mode():
        inside = run(x)
    for task in TASKS:
        assert torch.equal(inside[task], run(x)[task])


def test_networks_with_python_code_are_called():
    net = network().eval()
    calls = []
    net.attention.register_forward_hook(lambda *_: calls.append(1))
    predict_logits(net, segments(4)[0])
    assert calls
    with pytest.raises(ValueError, match="call the network itself"):
        Inference(net)
    assert list(predict_logits(PlainModule().eval(), segments(4)[0])) == list(TASKS)


@pytest.mark.parametrize("n", [1, 256, 257, 600])
def test_called_modules_predict_in_batches_in_eval_mode(n):
    module = PlainModule(dropout=0.9)
    sizes = []
    module.register_forward_hook(lambda _, arguments, output: sizes.append(len(arguments[0])))
    x = torch.from_numpy(segments(n)[0])
    found = predict_logits(module, x)
    assert sizes == [256] * (n // 256) + [n % 256] * (n % 256 > 0)
    assert module.training
    with torch.no_grad():
        expected = module.eval()(x)
    for task in TASKS:
        assert not found[task].requires_grad
        close(found[task], expected[task])


def test_embeddings_of_called_networks_equal_the_executors():
    plain, hooked = network().eval(), network()
    hooked.attention.register_forward_hook(lambda *_: None)
    x = segments(300)[0]
    close(predict_embedding(hooked, x), predict_embedding(plain, x))
    assert hooked.training


def test_double_precision_is_called_and_not_prepared():
    module = network().double().eval()
    with pytest.raises(ValueError, match="in float32"):
        Inference(module)


def test_wrong_shapes_are_refused():
    run = Inference(network())
    with pytest.raises(ValueError, match=rf"takes \(batch, 1, {LENGTH}\)"):
        run(np.zeros((2, 1, LENGTH + 1), np.float32))


@pytest.mark.parametrize(
    ("operation", "predict"),
    [
        ("Inference", lambda X: Inference(network())(X)),
        ("predict_logits", lambda X: predict_logits(network(), X)),
        ("predict_logits", lambda X: predict_logits(PlainModule(), X)),
        ("predict_embedding", lambda X: predict_embedding(network(), X)),
    ],
)
def test_a_refusal_names_its_operation(operation, predict):
    X = segments(2)[0]
    spoilt = X.copy()
    spoilt[1, 0, 3] = np.nan
    for illegal, error, message in [
        (spoilt, ValueError, "X is NaN or infinite as float32 in 1 sample,"),
        (X[0], ValueError, "X must be segments"),
        (X.astype(str), TypeError, "X must hold real numbers"),
        (torch.from_numpy(X) * 1j, TypeError, "X must hold real numbers"),
        (np.ma.array(X), TypeError, "a mask would be lost; pass X without the segments"),
    ]:
        with pytest.raises(error, match=f"^{operation}: {message}"):
            predict(illegal)


def test_finite_segments_with_an_infinite_sum_are_accepted():
    x = torch.full((2, 1, LENGTH), 3e38)
    assert torch.isinf(x.sum())
    assert torch.equal(as_segments("predict", x), x)


@pytest.mark.parametrize("spoilt", [(np.nan,), (np.inf,), (np.inf, -np.inf)])
def test_one_sample_that_is_not_finite_is_found(spoilt):
    x = segments(5)[0]
    x[3, 0, : len(spoilt)] = spoilt
    with pytest.raises(ValueError, match=f"NaN .* in {len(spoilt)} sample.* in segment 3"):
        predict_logits(network(), x)


def test_parts_that_do_not_fit_are_refused():
    head = _core.nn.heads(8, [("a", 3), ("b", 4)])
    tensors = head.initial_parameters(), head.initial_buffers()
    for parts, message in [
        ([], "at least one graph"),
        ([(head.text, tensors[0][:-1], tensors[1])], "number and shapes"),
        ([(head.text, *tensors), (head.text, *tensors)], "does not take what"),
    ]:
        with pytest.raises(ValueError, match=message):
            _core.nn.Inference(parts)(torch.ones(4, 8))


@pytest.mark.parametrize("damage", ["running_var", "weight"])
def test_values_that_are_not_finite_are_refused(damage):
    """The largest of several NaN would be a confident answer."""
    net, x = network().eval(), segments(5)[0]
    with torch.no_grad():
        if damage == "running_var":
            net.get_buffer("backbone.stem.norm.running_var").fill_(-1.0)
        else:
            net.get_parameter("backbone.stem.norm.weight").fill_(3e38)
    message = r"resnet with attention sca gives values that are NaN or infinite for 5 of 5 segments"
    with pytest.raises(ValueError, match=f"Inference: the network {message}"):
        Inference(net)(x)
    with pytest.raises(ValueError, match=f"predict_logits: the network {message}"):
        predict_logits(net, x)
    if damage == "running_var":
        with pytest.raises(ValueError, match=f"predict_embedding: the network {message}"):
            predict_embedding(net, x)


def test_a_module_whose_logits_are_not_finite_is_refused():
    module = PlainModule()
    with torch.no_grad():
        next(module.parameters()).fill_(torch.nan)
    with pytest.raises(ValueError, match="the network PlainModule gives values"):
        predict_logits(module, segments(5)[0])


@pytest.mark.parametrize("duplicate", [lambda x: pickle.loads(pickle.dumps(x)), copy.deepcopy])
def test_a_copy_gives_the_same_bits(duplicate):
    original = network()
    predict = Inference(original)
    X, _ = segments()
    expected = predict(X)
    with torch.no_grad():
        original.heads.identity.weight.zero_()  # the copy of the weights stays as it was
    for task, logits in duplicate(predict)(X).items():
        assert torch.equal(logits, expected[task])
