"""Weight decay, class weights and early stopping."""

import numpy as np
import pytest
import torch
from benchmarks.plain_torch import plain_copy
from support.toy import (
    TASKS,
    PlainModule,
    assert_same_bits,
    bits,
    network,
    same_tensors,
    segments,
    trained,
    trainer,
)

import dt4ecg
from dt4ecg.training import EarlyStopping, TrainingSettings
from dt4ecg.training.class_weights import by_index, class_weights


def unbalanced():
    X, y = segments(60)
    rows = np.flatnonzero((y[:, 1] == 0) | (np.arange(60) % 4 == 0))
    return X[rows], y[rows]


def plain_loop(plain, X, y, optimizer, weights=(None, None)):
    for _ in range(5):
        optimizer.zero_grad()
        logits = plain(torch.from_numpy(X))
        sum(
            torch.nn.functional.cross_entropy(logits[task], torch.from_numpy(y[:, i]), weights[i])
            for i, task in enumerate(TASKS)
        ).backward()
        optimizer.step()


def assert_same_parameters(ours, plain):
    for (name, a), b in zip(ours.named_parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(a, b.reshape(a.shape), rtol=2e-3, atol=2e-3, msg=name)


@pytest.mark.parametrize("module", [network, lambda: PlainModule(dropout=0)])
def test_weight_decay_equals_adamw(module):
    X, y = segments()
    ours = module()
    plain = plain_copy(ours) if hasattr(ours, "spec") else module()
    settings = TrainingSettings(weight_decay=3.0)
    trainer(ours, weighting="none", epochs=5, batch_size=len(X), settings=settings).fit(X, y)
    plain_loop(plain, X, y, torch.optim.AdamW(plain.parameters(), 1e-3, weight_decay=3.0))
    norm, expected = (sum(p.detach().square().sum() for p in m.parameters()) for m in (ours, plain))
    torch.testing.assert_close(norm, expected, rtol=1e-3, atol=0)


def test_without_weight_decay_the_bits_are_those_of_adam():
    run = trained(settings=TrainingSettings(weight_decay=0.0))
    assert_same_bits(run, trained())
    decayed = trained(settings=TrainingSettings(weight_decay=0.1))
    assert not torch.equal(decayed.network.heads.identity.weight, run.network.heads.identity.weight)


@pytest.mark.parametrize("fused", [True, False])
def test_class_weights_equal_those_of_pytorch(fused):
    X, y = unbalanced()
    ours = network()
    plain = plain_copy(ours)
    if not fused:
        ours.attention.register_forward_hook(lambda *_: None)
    settings = TrainingSettings(class_weight={"activity": {0: 0.25, 1: 3}})
    run = trainer(ours, weighting="none", epochs=5, batch_size=len(X), settings=settings)
    assert run.fit(X, y).fused == fused
    plain_loop(plain, X, y, torch.optim.Adam(plain.parameters()), (None, torch.tensor([0.25, 3])))
    norm, expected = (sum(p.detach().square().sum() for p in m.parameters()) for m in (ours, plain))
    torch.testing.assert_close(norm, expected, rtol=1e-3, atol=0)


def test_balanced_weights_are_scikit_learns():
    from sklearn.utils.class_weight import compute_class_weight

    _, y = unbalanced()
    expected = [
        compute_class_weight("balanced", classes=np.unique(column), y=column) for column in y.T
    ]
    found = class_weights("balanced", torch.from_numpy(y), TASKS)
    for weights, reference in zip(found, expected, strict=True):
        assert weights == pytest.approx(reference)
    assert class_weights({"activity": "balanced"}, torch.from_numpy(y), TASKS)[0] == []
    # Unknown labels and classes without segments do not count.
    rare = torch.tensor([[0], [0], [2], [-1]])
    assert class_weights("balanced", rare, {"a": 3}) == [[3 / 4, 1.0, 3 / 2]]


def test_class_weights_of_labels():
    X, y = unbalanced()
    names = np.stack([y[:, 0].astype(str), np.array(["rest", "run"])[y[:, 1]]], axis=1)
    by_name, by_number = (
        dt4ecg.DT4ECGClassifier(
            epochs=2, n_threads=1, settings=TrainingSettings(class_weight={"activity": weights})
        ).fit(X, labels)
        for weights, labels in (({"run": 4.0}, names), ({1: 4.0}, y))
    )
    np.testing.assert_array_equal(by_name.embed(X), by_number.embed(X))
    assert by_index("balanced", ("activity",), [np.array([1])]) == "balanced"
    with pytest.raises(ValueError, match=r"names the classes \['jump'\] of activity, but"):
        by_index({"activity": {"jump": 1}}, ("activity",), [np.array(["rest"])])


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"who": "balanced"}, r"class_weight names the tasks \['who'\]"),
        ({"activity": 3}, "class_weight of activity must be None, 'balanced' or"),
        ({"activity": {0: -1}}, "class weights of activity must be finite and at least 0"),
        (
            {"activity": {2: 1}},
            "a class of activity must be an integer of .* at most 1",
        ),
        ({"activity": {0: 0, 1: 0}}, "a class weight of activity must be above 0"),
    ],
)
def test_illegal_class_weights(weights, message):
    with pytest.raises(ValueError, match=message):
        trained(settings=TrainingSettings(class_weight=weights))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: TrainingSettings(weight_decay=-1), "weight_decay must be a finite number"),
        (lambda: TrainingSettings(weight_decay=np.nan), "weight_decay must be a finite number"),
        (lambda: TrainingSettings(class_weight="equal"), "class_weight must be None, 'balanced'"),
        (lambda: TrainingSettings(early_stopping=5), "must be None or an EarlyStopping"),
        (lambda: EarlyStopping("f1"), "monitor must be one of loss, accuracy"),
        (lambda: EarlyStopping(patience=0), "patience must be an integer of at least 1"),
        (lambda: TrainingSettings.from_dict(3), "settings must be those of a training"),
        (lambda: TrainingSettings.from_dict({"x": 1}), "settings must be those of a training"),
    ],
)
def test_illegal_settings(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_settings_belong_to_cross_entropy():
    def losses(outputs, targets):
        return {"identity": outputs["identity"].square().mean()}

    for settings in (
        TrainingSettings(class_weight="balanced"),
        TrainingSettings(early_stopping=EarlyStopping("accuracy")),
    ):
        with pytest.raises(ValueError, match="belong to objective='cross_entropy'"):
            trainer(network(), objective=losses, settings=settings)
    with pytest.raises(TypeError, match="settings must be a dt4ecg"):
        trainer(network(), settings={"weight_decay": 1})


def test_settings_survive_json():
    settings = TrainingSettings(0.1, {"a": {np.int64(3): 2}, "b": "balanced"}, EarlyStopping())
    assert TrainingSettings.from_dict(settings.to_dict()) == settings
    assert type(settings.to_dict()["class_weight"]["a"][0][0]) is int
    assert TrainingSettings.from_dict(TrainingSettings().to_dict()) == TrainingSettings()
    assert same_tensors(bits(trained()), bits(trained(settings=TrainingSettings())))
