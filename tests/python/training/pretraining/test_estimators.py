"""The estimators of pre-training: bits, files, parameters and refusals."""

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

import dt4ecg
from dt4ecg.inference import ECGEncoder
from dt4ecg.training.pretraining import BYOL, Crops, SelfDistillation, SimCLR

SMALL = {"backbone": "mlp", "attention": "none", "epochs": 2, "batch_size": 8, "n_threads": 1}
CLASSES = {SelfDistillation: {"out_dim": 16}, SimCLR: {}, BYOL: {}}


def rows(n=24, length=60):
    time = np.arange(length)
    rng = np.random.default_rng(0)
    waves = np.sin(2 * np.pi * time / rng.uniform(8, 40, (n, 1)))
    return waves + 0.1 * rng.normal(size=(n, length))


@pytest.mark.parametrize("cls", CLASSES)
def test_equal_seeds_give_equal_bits(cls):
    state = [
        cls(**SMALL, **CLASSES[cls], random_state=seed).fit(rows()).network_.state_dict()
        for seed in (1, 1, 2)
    ]
    assert all(torch.equal(state[0][name], state[1][name]) for name in state[0])
    assert not all(torch.equal(state[0][name], state[2][name]) for name in state[0])


@pytest.mark.parametrize("cls", CLASSES)
def test_the_state_of_the_global_generator_has_no_effect(cls):
    found = []
    for seed in (0, 1):
        torch.manual_seed(seed)
        before = torch.get_rng_state()
        found.append(cls(**SMALL, **CLASSES[cls]).fit(rows()).losses_)
        assert torch.equal(torch.get_rng_state(), before)
    np.testing.assert_array_equal(*found)


@pytest.mark.parametrize("cls", [SimCLR, BYOL])
def test_the_loss_falls(cls):
    settings = {**SMALL, "epochs": 20, "crops": Crops(silence=(0.0, 0.1))}
    found = cls(**settings).fit(rows()).losses_
    assert found.shape == (60,)
    assert found[-10:].mean() < 0.9 * found[:10].mean()


def test_the_kept_network_is_the_teacher():
    first = SelfDistillation(**SMALL, out_dim=16, teacher_momentum=1.0).fit(rows()).network_
    fresh = dt4ecg.nn.Network(
        "mlp", "none", {"pretraining": 1}, segment_length=60, seed=0, standardize=True
    )
    for name, parameter in fresh.named_parameters():
        assert torch.equal(parameter, first.get_parameter(name))
    moved = SelfDistillation(**SMALL, out_dim=16, teacher_momentum=0.0).fit(rows()).network_
    assert not torch.equal(next(moved.backbone.parameters()), next(fresh.backbone.parameters()))


@pytest.mark.parametrize("view", ["segment", "spectrogram"])
def test_a_file_keeps_the_network(tmp_path, view):
    pre = dt4ecg.Preprocessor()
    fitted = SimCLR(view, **SMALL, preprocessor=pre).fit(rows())
    fitted.save(tmp_path / "encoder.safetensors", {"licence": "CC0"})
    loaded = dt4ecg.load(tmp_path / "encoder.safetensors")
    assert isinstance(loaded, ECGEncoder)
    assert loaded.about == {"licence": "CC0"}
    assert loaded.preprocessor.to_dict() == pre.to_dict()
    segments = torch.tensor(rows()[:, None], dtype=torch.float32)
    expected = fitted.network_.embed(segments).detach().numpy()
    np.testing.assert_allclose(loaded.embed(rows()), expected, atol=1e-5)


def test_longer_rows_are_cut():
    fitted = SimCLR(**SMALL, segment_length=40).fit(rows())
    assert fitted.network_.spec["segment_length"] == 40
    assert fitted.n_features_in_ == 60


def test_leads_and_tensors():
    x = torch.tensor(rows()).reshape(12, 2, 60)
    assert BYOL(**SMALL).fit(x).network_.spec["in_channels"] == 2


@pytest.mark.parametrize("cls", CLASSES)
def test_scikit_learn_clones_them(cls):
    estimator = cls(**SMALL, learning_rate=0.1)
    assert clone(estimator).get_params() == estimator.get_params()
    with pytest.raises(NotFittedError):
        estimator.save("nowhere")


@pytest.mark.parametrize(
    ("x", "error", "text"),
    [
        (np.full((4, 60), np.nan), ValueError, "NaN"),
        (np.full((4, 60), np.inf), ValueError, "infinite"),
        (np.zeros((0, 60)), ValueError, "none of them 0"),
        (np.zeros((4, 60)), ValueError, "flat"),
        (np.eye(1, 60), ValueError, "at least 2"),
        (np.zeros(60), ValueError, "segments"),
        (np.full((4, 60), "a"), TypeError, "real numbers"),
    ],
)
def test_bad_rows_are_refused(x, error, text):
    with pytest.raises(error, match=text):
        SimCLR(**SMALL).fit(x)


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("view", "wavelet", ValueError),
        ("epochs", 0, ValueError),
        ("batch_size", 1, ValueError),
        ("learning_rate", -1.0, ValueError),
        ("segment_length", 61, ValueError),
        ("crops", 3, TypeError),
        ("preprocessor", "100 Hz", TypeError),
        ("out_dim", 1, ValueError),
        ("student_temperature", 0.0, ValueError),
        ("teacher_temperature", np.nan, ValueError),
        ("teacher_momentum", 1.1, ValueError),
        ("center_momentum", -0.1, ValueError),
        ("centering", "none", ValueError),
        ("backbone", "unknown", ValueError),
        ("random_state", -1, ValueError),
    ],
)
def test_bad_parameters_are_refused(name, value, error):
    with pytest.raises(error, match=name):
        SelfDistillation(**{**SMALL, name: value}).fit(rows())


def test_it_is_a_lazy_name_of_the_package():
    assert dt4ecg.pretraining.SelfDistillation is SelfDistillation
    assert "pretraining" in dir(dt4ecg)


@pytest.mark.parametrize("about", [{"epochs": 5}, {5: "epochs"}, ["a"], "abc", ""])
def test_texts_that_load_would_refuse_are_not_written(tmp_path, about):
    file = tmp_path / "encoder.safetensors"
    fitted = SimCLR(**SMALL | {"epochs": 1}).fit(rows(8))
    with pytest.raises(TypeError, match="save: about must be a dictionary of texts"):
        fitted.save(file, about=about)
    with pytest.raises(TypeError, match="ECGEncoder: about must be a dictionary of texts"):
        ECGEncoder(fitted.network_, about=about)
    encoder = ECGEncoder(fitted.network_)
    encoder.about = about
    with pytest.raises(TypeError, match="save: about"):
        encoder.save(file)
    assert not any(tmp_path.iterdir())
