"""Checkpoints: what a continued training needs, and what older files lack."""

import pytest
import torch

from dt4ecg.storage import checkpoint, container
from dt4ecg.storage.checkpoint import Checkpoint

NETWORK = {
    "backbone": "resnet",
    "attention": "sca",
    "tasks": {"identity": 2},
    "in_channels": 1,
    "segment_length": 48,
    "standardize": True,
}
SETTINGS = {
    "seed": 3,
    "precision": "bf16",
    "schedule": "cosine",
    "label_smoothing": 0.1,
    "objective": "contrastive",
    "weight_decay": 0.1,
    "class_weight": [[1.0, 2.0], []],
    "early_stopping": "loss",
}


@pytest.fixture
def path(tmp_path):
    saved = Checkpoint(
        network=NETWORK,
        parameters={"bias": torch.zeros(2)},
        settings=SETTINGS,
        state={"adam.steps.bias": torch.tensor(4.0)},
        random_state=torch.arange(3, dtype=torch.uint8),
    )
    checkpoint.write(
        tmp_path / "state",
        saved.tensors(),
        network=NETWORK,
        tasks={"identity": 2},
        settings=SETTINGS,
        header={"place": "ward 3"},
    )
    return tmp_path / "state"


def test_a_checkpoint_is_read_as_written(path):
    found = checkpoint.read(path)
    assert found.network == NETWORK
    assert found.settings == SETTINGS
    assert list(found.parameters) == ["bias"]
    assert found.state == {"adam.steps.bias": torch.tensor(4.0)}
    assert found.random_state.tolist() == [0, 1, 2]


def test_names_in_the_file_are_the_documented_ones(path):
    tensors, header = container.read(path)
    assert sorted(tensors) == ["network.bias", "training.adam.steps.bias", "training.torch_rng"]
    assert list(header) == ["format_version", "dt4ecg", "network", "tasks", "training", "place"]


def test_tensors_are_copies():
    bias = torch.zeros(2)
    saved = Checkpoint({}, {"bias": bias}, {}, {}, torch.zeros(1, dtype=torch.uint8))
    tensors = saved.tensors()
    bias += 1
    assert tensors["network.bias"].tolist() == [0, 0]


def test_an_older_file_has_the_values_of_its_time(path):
    tensors, header = container.read(path)
    del header["network"]["standardize"]
    header["training"] = {"seed": 3}
    container.write(path, tensors, header)
    found = checkpoint.read(path)
    assert found.network == NETWORK | {"standardize": False}
    assert found.settings == {
        "seed": 3,
        "precision": "float32",
        "schedule": "constant",
        "label_smoothing": 0.0,
        "objective": "cross_entropy",
        "weight_decay": 0.0,
        "class_weight": None,
        "early_stopping": None,
    }


@pytest.mark.parametrize("settings", [None, [], "none", 3])
def test_a_file_without_settings_of_a_training_is_refused(path, settings):
    tensors, header = container.read(path)
    container.write(path, tensors, header | {"training": settings})
    with pytest.raises(ValueError, match="a model without its training state; resume from a"):
        checkpoint.read(path)


def test_a_file_without_a_random_state_is_refused(path):
    tensors, header = container.read(path)
    del tensors["training.torch_rng"]
    container.write(path, tensors, header)
    with pytest.raises(ValueError, match="a model without its training state"):
        checkpoint.read(path)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("network", ["resnet"], "network must be an object"),
        ("network", "resnet", "network must be an object"),
        ("network", NETWORK | {"in_channels": "1"}, r"network\.in_channels must be an integer"),
        ("tasks", None, "tasks must be an object"),
        ("tasks", ["identity"], "tasks must be an object"),
        ("tasks", {"identity": 2.0}, r"tasks\.identity must be an integer"),
    ],
)
def test_a_field_of_another_type_is_refused(path, name, value, message):
    tensors, header = container.read(path)
    container.write(path, tensors, header | {name: value})
    with pytest.raises(ValueError, match=f"is not a checkpoint: {message}"):
        checkpoint.read(path)


def test_a_module_of_another_kind_has_no_network(path):
    tensors, header = container.read(path)
    container.write(path, tensors, header | {"network": None})
    assert checkpoint.read(path).network == {}


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("adam.steps.bias", torch.tensor(4, dtype=torch.uint32), "is torch.uint32, not"),
        ("adam.mean.bias", torch.zeros(2, dtype=torch.float64), "is torch.float64, not"),
        ("weighting.memory.x", torch.zeros(1), "is torch.float32, not torch.float64"),
        ("weighting.warnings", torch.tensor([255], dtype=torch.uint8), "invalid start byte"),
        ("history.skipped_steps", torch.zeros(1), "not torch.int64"),
        ("progress", torch.tensor([0, 2**60, 0, 0]), "counts too many steps"),
        ("epoch.loss", torch.tensor([torch.inf]).double(), "epoch.loss is infinite"),
        ("torch_rng", torch.zeros(3), "is torch.float32, not torch.uint8"),
        ("more", torch.zeros(1), "training.more is unknown"),
    ],
)
def test_a_tensor_that_no_training_writes_is_refused(path, name, value, message):
    tensors, header = container.read(path)
    container.write(path, tensors | {f"training.{name}": value}, header)
    with pytest.raises(ValueError, match=message):
        checkpoint.read(path)


@pytest.mark.parametrize(
    "name", ["format_version", "dt4ecg", "network", "tasks", "training", "sha256"]
)
def test_reserved_names_in_a_header_are_refused(name):
    checkpoint.check_header("fit", {"place": "ward 3"})
    with pytest.raises(ValueError, match=f"fit: trainer.header has {name}, but the trainer"):
        checkpoint.check_header("fit", {"place": "ward 3", name: 1})


def test_a_header_that_json_cannot_hold_is_refused():
    with pytest.raises(TypeError, match=r"save: trainer\.header must hold values that JSON can"):
        checkpoint.check_header("save", {"x": {1}})
    circular: dict = {}
    circular["itself"] = circular
    with pytest.raises(TypeError, match=r"trainer\.header"):
        checkpoint.check_header("save", circular)
