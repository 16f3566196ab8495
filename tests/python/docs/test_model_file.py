"""The page on the model file lists the keys and tensors of a real file."""

import json
import re

import pytest
from safetensors import safe_open
from support.pages import DOCS

import dt4ecg

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Header and names of the tensors of a model and of a checkpoint."""
    folder = tmp_path_factory.mktemp("models")
    recordings = dt4ecg.datasets.simulate_cohort(subjects=2, seconds=12, sampling_rate=500)
    data = dt4ecg.datasets.from_recordings(recordings)
    paths = [folder / "model.safetensors", folder / "checkpoint.safetensors"]
    clf = dt4ecg.DT4ECGClassifier(epochs=1, weighting="chen2018", preprocessor=data.preprocessor)
    clf.fit(data.X, data.labels, checkpoint=paths[1]).save(paths[0])
    found = []
    for path in paths:
        with safe_open(path, framework="pt") as file:
            found.append((json.loads(file.metadata()["dt4ecg"]), list(file.keys())))
    return found


def listed(heading: str) -> set[str]:
    """Names in the first columns of the tables below a heading."""
    text = (DOCS / "model-file.md").read_text(encoding="utf-8")
    section = text.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (`[^|]*) \|", section, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def test_keys_of_the_header(files):
    (model, _), (checkpoint, _) = files
    assert model.keys() == listed("Header of a model")
    names = {name for name in listed("A checkpoint") if "." not in name}
    assert checkpoint.keys() - model.keys() == names


def test_names_of_the_tensors(files):
    (_, model), (_, checkpoint) = files
    of_model = listed("Tensors of a model")
    epoch = {"training.epoch" + name for name in listed("A checkpoint") if name[0] == "."}
    of_checkpoint = of_model | listed("A checkpoint") | epoch
    for names, pages in ((model, of_model), (checkpoint, of_checkpoint)):
        patterns = [re.sub("NAME|COLUMN", ".+", re.escape(name)) for name in pages]
        unlisted = [name for name in names if not any(re.fullmatch(p, name) for p in patterns)]
        assert unlisted == []
