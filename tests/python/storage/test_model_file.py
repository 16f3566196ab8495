"""The fields of a model file: each is checked, with a reason, before anything is built."""

import copy
import json
import math

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from dt4ecg.storage import container, model_file
from dt4ecg.storage.model_file import HISTORY_COLUMNS, SKIPPED_STEPS, ModelFile

NETWORK = {
    "backbone": "resnet",
    "attention": "sca",
    "tasks": {"identity": 2, "activity": 1},
    "in_channels": 1,
    "segment_length": 48,
    "standardize": False,
}
SETTINGS = {
    "weighting": "none",
    "epochs": 2,
    "batch_size": 16,
    "learning_rate": 1e-3,
    "norm_scope": "shared",
    "precision": "float32",
    "random_state": 0,
    "recipe": "paper",
}
PREPROCESSOR = {"target_rate": 100, "nan": "raise", "zero_phase": True, "limits": [[-1.0, 1.0]]}


def model(**changes) -> ModelFile:
    history = {name: np.full((3, 2), float(i)) for i, name in enumerate(HISTORY_COLUMNS)}
    fields = {
        "network": NETWORK,
        "classes": {"identity": ["Ann", "Bo"], "activity": ["rest"]},
        "missing_label": "",
        "preprocessor": PREPROCESSOR,
        "settings": SETTINGS,
        "parameters": {"heads.bias": torch.arange(3.0)},
        "history": history | {SKIPPED_STEPS: np.array([0, 0, 1])},
        "task_weights": np.array([0.5, 1.5], np.float32),
    }
    return ModelFile(**(fields | changes))


@pytest.fixture
def path(tmp_path):
    model_file.write(tmp_path / "model.safetensors", model())
    return tmp_path / "model.safetensors"


def rewrite(path, change) -> None:
    tensors, header = container.read(path)
    header = copy.deepcopy(header)
    change(header)
    save_file(tensors, path, metadata={"dt4ecg": json.dumps(header)})


def test_a_model_is_read_as_written(path):
    found, expected = model_file.read(path), model()
    for name in ("network", "classes", "missing_label", "preprocessor", "settings"):
        assert getattr(found, name) == getattr(expected, name)
    assert torch.equal(found.parameters["heads.bias"], torch.arange(3.0))
    np.testing.assert_equal(found.history, expected.history)
    np.testing.assert_array_equal(found.task_weights, expected.task_weights)


def test_the_header_has_the_documented_keys(path):
    tensors, header = container.read(path)
    assert list(header) == [
        "format_version",
        "dt4ecg",
        "network",
        "classes",
        "missing_label",
        "preprocessor",
        "skewness_range",
        "amplitude_range",
        "calibration",
        *SETTINGS,
    ]
    assert sorted(tensors) == sorted(
        ["network.heads.bias", "training.weighting.weights", "training.history.skipped_steps"]
        + [f"training.history.{name}" for name in HISTORY_COLUMNS]
    )


def test_a_file_of_an_older_version_lacks_fields(path):
    """Before 0.1 a file had no settings, no standardize and no history."""
    tensors, header = container.read(path)
    for name in SETTINGS:
        del header[name]
    del header["network"]["standardize"]
    container.write(path, {"network.heads.bias": tensors["network.heads.bias"]}, header)
    found = model_file.read(path)
    assert found.network == NETWORK
    assert found.settings == {}
    assert (found.history, found.task_weights) == (None, None)


def test_a_checkpoint_of_the_trainer_alone_has_no_classes(path):
    rewrite(path, lambda header: header.pop("classes"))
    with pytest.raises(ValueError, match=r"written by Trainer\.save, which knows no classes"):
        model_file.read(path)


NAN, INFINITY = math.nan, math.inf
ILLEGAL = {
    "network": [None, [], "resnet", {}, {"backbone": "resnet"}],
    "network.backbone": [None, 3, ["resnet"]],
    "network.attention": [None, 3, {}],
    "network.in_channels": [None, 0, -1, 1.0, True, "1", NAN, 2**63, 10**30],
    "network.segment_length": [None, 0, -1, 48.0, False, "48", INFINITY, 2**63],
    "network.standardize": [None, 0, "false"],
    "network.tasks": [None, {}, [], ["identity"], {"identity": 2}, {"activity": 1, "identity": 2}],
    "network.tasks.identity": [None, 0, -2, 2.0, True, "2", NAN, 2**40],
    "network.more": [1],
    "classes": [
        {"identity": ["a", "a\0"], "activity": ["rest"]},
        None,
        [],
        {},
        {"identity": ["Ann", "Bo"]},
        {"identity": 2, "activity": 1},
    ],
    "classes.identity": [
        "ab",
        {"a": 1},
        [["a"], ["b"]],
        ["a", "a"],
        ["a", "a\0"],
        [None, "b"],
        ["a", 1],
        [],
    ],
    "classes.activity": [[NAN], [INFINITY], [10**400], None, 1],
    "missing_label": [[], {}],
    "preprocessor": [[], 3, "raw"],
    "preprocessor.target_rate": [[], {"a": 1}],
    "preprocessor.limits": [3, [1], [[1]], [[0, NAN]], [[0, 10**400]], [["a", "b"]], [[0, 1, 2]]],
    "skewness_range": [3, {}, [1], [[1]], [[0, NAN]], [["a", "b"]]],
    "amplitude_range": [3, {}, [1], [[1]], [[0, NAN]], [["a", "b"]]],
    "weighting": [3, {"name": "paper"}],
    "epochs": [-1, 2.0, "2", [2], True, NAN, 2**63],
    "batch_size": [0, -1, 16.0, "16", True],
    "learning_rate": [0, 0.0, -1e-3, "1e-3", True, NAN, INFINITY, 10**400, []],
    "norm_scope": [3, ["shared"]],
    "precision": [32, {}],
    "random_state": [-1, 0.5, 2**32, "0", True],
    "recipe": [1, []],
}


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, values in ILLEGAL.items() for value in values]
)
def test_an_illegal_field_is_refused_with_its_name(path, field, value):
    def change(header):
        *outer, last = field.split(".")
        for name in outer:
            header = header[name]
        header[last] = value

    rewrite(path, change)
    with pytest.raises(ValueError, match="not a model that this dt4ecg can rebuild: ") as refusal:
        model_file.read(path)
    assert field.split(".")[0].removesuffix("es") in str(refusal.value)


@pytest.mark.parametrize("field", ["network", "missing_label", "preprocessor"])
def test_a_missing_field_is_refused(path, field):
    rewrite(path, lambda header: header.pop(field))
    with pytest.raises(ValueError, match=f"its header has no field '{field}'"):
        model_file.read(path)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("missing_label", None),
        ("missing_label", -1),
        ("preprocessor", None),
        ("epochs", 0),
        ("epochs", None),
        ("batch_size", 1),
        ("learning_rate", 1),
        ("random_state", 2**32 - 1),
        ("weighting", None),
    ],
)
def test_the_bounds_of_legal_fields_are_read(path, field, value):
    rewrite(path, lambda header: header.update({field: value}))
    found = model_file.read(path)
    assert (getattr(found, field) if hasattr(found, field) else found.settings[field]) == value


@pytest.mark.parametrize(
    ("name", "tensor", "message"),
    [
        ("history.weight", torch.zeros(4, 2, dtype=torch.float64), "its history is not one row"),
        ("history.weight", torch.zeros(3, 1, dtype=torch.float64), "its history is not one row"),
        ("history.train_loss", torch.zeros(3, 2), "its history is not one row"),
        ("history.skipped_steps", torch.zeros(3), "its history is not one row"),
        ("history.skipped_steps", torch.zeros(3, 1, dtype=torch.int64), "its history is not"),
        ("weighting.weights", torch.zeros(3), "its task weights are not one"),
        ("weighting.weights", torch.zeros(2, dtype=torch.int64), "its task weights are not one"),
        ("history.gradient_norm", None, "its history is not one row"),
        ("weighting.weights", None, "its task weights are not one"),
    ],
)
def test_an_illegal_history_is_refused(path, name, tensor, message):
    tensors, header = container.read(path)
    del tensors[f"training.{name}"]
    if tensor is not None:
        tensors[f"training.{name}"] = tensor
    container.write(path, tensors, header)
    with pytest.raises(ValueError, match=message):
        model_file.read(path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"settings": SETTINGS | {"epochs": -1}}, "save: epochs must be an integer of at least 0"),
        ({"missing_label": ()}, "save: missing_label must be"),
        ({"classes": {"identity": ["Ann"], "activity": ["rest"]}}, "save: its classes do not"),
    ],
)
def test_a_model_that_read_would_refuse_is_not_written(path, changes, message):
    before = path.read_bytes()
    with pytest.raises(ValueError, match=message):
        model_file.write(path, model(**changes))
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("value", "expected"),
    [("a", "a"), (3, 3), (0.5, 0.5), (np.int64(3), 3), (np.float32(0.5), 0.5), ((), None)],
)
def test_plain_values_are_those_a_header_can_hold(value, expected):
    found = model_file.plain(value)
    assert found == expected
    assert type(found) is type(expected)
