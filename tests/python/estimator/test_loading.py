"""A saved classifier loads as it was, or its file is refused."""

import json
import os
from copy import deepcopy

import numpy as np
import pytest
import torch
from sklearn.base import clone
from support.toy import segments

import dt4ecg
from dt4ecg import weighting
from dt4ecg.storage import container


@pytest.fixture(scope="module")
def classifier() -> dt4ecg.DT4ECGClassifier:
    X, y = segments()
    preprocessor = dt4ecg.Preprocessor(target_rate=100, segment_seconds=0.48, notch=None)
    names = np.array(["Ann", "Bo", "Cy"])[y[:, 0]]
    labels = np.stack([names, np.array(["rest", "walk"])[y[:, 1]]], axis=1)
    return dt4ecg.DT4ECGClassifier(epochs=2, n_threads=1, preprocessor=preprocessor).fit(X, labels)


@pytest.fixture
def path(classifier, tmp_path):
    classifier.save(tmp_path / "model.dt4ecg")
    return tmp_path / "model.dt4ecg"


def test_a_saved_model_predicts_the_same(classifier, path):
    X, _ = segments(seed=1)
    loaded = dt4ecg.load(path)
    for found, expected in zip(loaded.predict_proba(X), classifier.predict_proba(X), strict=True):
        np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(loaded.predict(X), classifier.predict(X))
    np.testing.assert_array_equal(loaded.embed(X), classifier.embed(X))
    assert loaded.tasks == classifier.tasks
    assert loaded.preprocessor.to_dict() == classifier.preprocessor.to_dict()


def test_a_loaded_model_has_its_training_settings(tmp_path):
    """A clone of it, fitted again, is the same to the bit."""
    X, y = segments()
    settings = {
        "weighting": "chen2018",
        "epochs": np.int64(1),
        "batch_size": 7,
        "learning_rate": 3e-3,
        "norm_scope": "last",
        "precision": "float32",
        "random_state": 5,
        "recipe": "strong",
    }
    fitted = dt4ecg.DT4ECGClassifier(n_threads=1, **settings).fit(X, y)
    fitted.save(tmp_path / "model.safetensors")
    loaded = dt4ecg.load(tmp_path / "model.safetensors")
    assert {name: getattr(loaded, name) for name in settings} == settings
    again = clone(loaded).set_params(n_threads=1).fit(X, y)
    np.testing.assert_array_equal(again.embed(X), fitted.embed(X))


@pytest.mark.parametrize("validated", [False, True])
@pytest.mark.parametrize("epochs", [0, 2])
@pytest.mark.parametrize("kind", ["model", "checkpoint"])
def test_a_loaded_model_has_its_history(kind, epochs, validated, tmp_path):
    X, y = segments()
    fitted = dt4ecg.DT4ECGClassifier(epochs=epochs, n_threads=1, weighting="chen2018")
    held_out = segments(seed=1) if validated and epochs else None
    fitted.fit(X, y, validation_data=held_out, checkpoint=tmp_path / "checkpoint")
    fitted.save(tmp_path / "model")
    loaded = dt4ecg.load(tmp_path / kind)
    np.testing.assert_equal(loaded.history_, fitted.history_)
    np.testing.assert_array_equal(loaded.task_weights_, fitted.task_weights_)


def test_a_weighting_without_a_name_must_be_set_again(tmp_path):
    """Otherwise ``fit`` would train with another weighting, and the user would not notice it."""
    X, y = segments()
    fitted = dt4ecg.DT4ECGClassifier(
        epochs=0, weighting=weighting.Chen2018(alpha=1.0), random_state=np.random.RandomState(0)
    ).fit(X, y)
    fitted.save(tmp_path / "model")
    loaded = dt4ecg.load(tmp_path / "model")
    assert (loaded.weighting, loaded.random_state) == (None, None)
    with pytest.raises(TypeError, match="weighting: takes a name"):
        loaded.fit(X, y)


def test_older_files_load_with_defaults(classifier, path):
    tensors, header = container.read(path)
    known = ("dt4ecg", "network", "classes", "missing_label", "preprocessor")
    older = {name: tensor for name, tensor in tensors.items() if name.startswith("network.")}
    container.write(path, older, {name: header[name] for name in known})
    loaded = dt4ecg.load(path)
    assert loaded.epochs == dt4ecg.DT4ECGClassifier().epochs != classifier.epochs
    assert not hasattr(loaded, "history_")
    assert loaded.skewness_range_ is None
    loaded.save(path)
    X, _ = segments()
    np.testing.assert_array_equal(dt4ecg.load(path).embed(X), classifier.embed(X))


@pytest.mark.parametrize(
    ("name", "tensor"),
    [
        ("training.history.weight", torch.zeros(3, 2, dtype=torch.float64)),
        ("training.history.train_loss", torch.zeros(2, 2)),
        ("training.history.skipped_steps", torch.zeros(2)),
        ("training.weighting.weights", torch.zeros(3)),
    ],
)
def test_histories_of_another_form_are_refused(path, name, tensor):
    tensors, header = container.read(path)
    assert name in tensors
    container.write(path, tensors | {name: tensor}, header)
    with pytest.raises(ValueError, match=r"rebuild: its (history is not one row|task weights)"):
        dt4ecg.load(path)


def test_a_loaded_model_predicts_a_raw_recording(path):
    recording = np.sin(np.arange(5 * 250) / 10)
    labels, starts = dt4ecg.load(path).predict_recording(recording, 250)
    assert labels.shape == (len(starts), 2)
    assert np.isin(labels[:, 1], ["rest", "walk"]).all()


def test_saving_twice_gives_the_same_bytes(classifier, path):
    before = path.read_bytes()
    dt4ecg.load(path).save(path)
    assert path.read_bytes() == before


def is_refused(path, content: bytes) -> bool:
    path.write_bytes(content)
    try:
        dt4ecg.load(path)
    except ValueError:
        return True
    return False


def test_a_truncated_file_is_refused(path):
    content = path.read_bytes()
    for twentieth in range(20):
        assert is_refused(path, content[: len(content) * twentieth // 20])
    assert is_refused(path, content[:-1])
    assert not is_refused(path, content)


@pytest.mark.slow
def test_mutated_files_load_or_are_refused(path):
    content = path.read_bytes()
    header = 8 + int.from_bytes(content[:8], "little")
    random = np.random.default_rng(0)
    refused = 0
    for trial in range(300):
        mutated = bytearray(content)
        end = header if trial % 4 else len(content)
        for position in random.integers(0, end, random.integers(1, 4)):
            mutated[position] ^= 1 << random.integers(0, 8)
        refused += is_refused(path, bytes(mutated))
    assert refused > 50


@pytest.mark.parametrize("content", [b"", b"\x80\x04K\x01.", b"PK\x03\x04", b"{}", b"\xff" * 64])
def test_other_files_are_refused(content, path):
    assert is_refused(path, content)


def rewrite(path, **changes) -> None:
    tensors, header = container.read(path)
    from safetensors.torch import save_file

    save_file(tensors, path, metadata={"dt4ecg": json.dumps(header | changes)})


@pytest.mark.parametrize(
    "changes",
    [
        {"network": None},
        {"network": {"backbone": "resnet"}},
        {"classes": {"identity": ["Ann"], "activity": ["rest", "walk"]}},
        {"classes": []},
        {"preprocessor": {"speed": 1}},
        {"epochs": [2]},
        {"weighting": {"name": "paper"}},
    ],
)
def test_headers_that_do_not_match_are_refused(path, changes):
    rewrite(path, **changes)
    with pytest.raises(ValueError, match="not a model that this dt4ecg can rebuild"):
        dt4ecg.load(path)


@pytest.mark.parametrize("changes", [{"segment_length": 800_000}, {"in_channels": 4096}])
def test_a_header_cannot_request_more_memory_than_the_file_has(path, changes, monkeypatch):
    """SCA alone would take 40 GB; the network must not even be begun."""
    _, header = container.read(path)
    rewrite(path, network=header["network"] | changes)
    monkeypatch.setattr("dt4ecg.estimator.loading.Network", lambda **_: pytest.fail("took memory"))
    with pytest.raises(ValueError, match=r"rebuild: .* has the shape .* needs \("):
        dt4ecg.load(path)


@pytest.mark.parametrize("name", ["skewness_range", "amplitude_range"])
def test_each_lead_has_a_range(path, name):
    rewrite(path, **{name: [[-1.0, 2.0], [0.0, 1.0]]})
    with pytest.raises(ValueError, match=f"{name} has 2 leads, the network 1"):
        dt4ecg.load(path)


def test_a_file_with_code_does_not_run_it(path, tmp_path):
    class Evil:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "ran"),)

    torch.save({"network": Evil()}, path)
    with pytest.raises(ValueError, match="is truncated or damaged, or not a dt4ecg model file"):
        dt4ecg.load(path)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"recipe": "strong"}, "recipe 'strong' builds another network than the fitted one"),
        ({"recipe": "x"}, "recipe: must be one of paper, strong, robust, guided, got 'x'"),
        ({"tasks": ("who", "activity")}, "fitted with tasks=.'identity', 'activity'."),
        ({"missing_label": ()}, r"missing_label must be .* got \(\)"),
        ({"preprocessor": 3}, "preprocessor must be a dt4ecg.Preprocessor or None, got 3"),
    ],
)
def test_a_model_that_load_would_refuse_is_not_saved(classifier, path, changes, message):
    before = path.read_bytes()
    with pytest.raises((ValueError, TypeError), match=message):
        deepcopy(classifier).set_params(**changes).save(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("labels", ["ab", {"a": 1}, [["a"], ["b"]], ["a", "a"], [None, "b"]])
def test_illegal_classes_are_refused(path, labels):
    rewrite(path, classes={"identity": labels, "activity": ["x", "y"]})
    with pytest.raises(ValueError, match=r"identity|classes"):
        dt4ecg.load(path)


def test_parameters_that_are_not_finite_are_refused(classifier, tmp_path):
    broken = deepcopy(classifier)
    with torch.no_grad():
        next(broken.network_.parameters()).fill_(float("nan"))
    broken.save(tmp_path / "broken.safetensors")
    with pytest.raises(ValueError, match="NaN or infinite"):
        dt4ecg.load(tmp_path / "broken.safetensors")


@pytest.mark.parametrize("error", [AttributeError, RuntimeError, TypeError, KeyError, IndexError])
def test_a_bug_of_our_own_is_not_reported_as_a_bad_file(path, monkeypatch, error):
    def fail(**_):
        raise error("a bug in the network")

    monkeypatch.setattr("dt4ecg.estimator.loading.Network", fail)
    with pytest.raises(error, match="a bug in the network"):
        dt4ecg.load(path)


def test_an_unknown_backbone_is_refused_with_its_name(path):
    _, header = container.read(path)
    rewrite(path, network=header["network"] | {"backbone": "elsewhere"})
    with pytest.raises(ValueError, match=r"rebuild: .*no backbone is called 'elsewhere'"):
        dt4ecg.load(path)
