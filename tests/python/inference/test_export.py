"""The ONNX file: the same probabilities in ONNX Runtime, and metadata that suffice to use it."""

import json

import numpy as np
import pytest

from dt4ecg import DT4ECGClassifier, Preprocessor, datasets
from dt4ecg.cli import main
from dt4ecg.inference import export, export_onnx

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def recordings():
    return datasets.simulate_cohort(subjects=2, seconds=30, sampling_rate=250, seed=0)


@pytest.fixture(scope="module")
def fitted(recordings):
    data = datasets.from_recordings(recordings)
    model = DT4ECGClassifier(epochs=1, preprocessor=data.preprocessor, n_threads=1)
    model.fit(data.X[::2], data.labels[::2])
    return model.calibrate(data.X[1::2], data.labels[1::2])


@pytest.fixture(scope="module")
def file(fitted, tmp_path_factory):
    pytest.importorskip("onnx", reason='pip install "dt4ecg[onnx]"')
    folder = tmp_path_factory.mktemp("export")
    fitted.save(folder / "model.safetensors")
    command = ["export", str(folder / "model.safetensors"), "--json", str(folder / "facts.json")]
    assert main(command) == 0
    return folder / "model.onnx"


def session_of(file):
    runtime = pytest.importorskip("onnxruntime", reason='pip install "dt4ecg[onnx]"')
    return runtime.InferenceSession(str(file), providers=["CPUExecutionProvider"])


def test_a_raw_recording_has_the_same_probabilities_with_the_file_alone(fitted, file, recordings):
    session = session_of(file)
    facts = session.get_modelmeta().custom_metadata_map
    preprocessor = Preprocessor.from_dict(json.loads(facts["dt4ecg.preprocessor"]))
    segments = preprocessor.transform(recordings[0]).astype(np.float32)
    expected = fitted.predict_recording(recordings[0], unusable=None)
    classes = json.loads(facts["dt4ecg.classes"])
    assert [output.name for output in session.get_outputs()] == list(classes)
    for n in (1, len(segments)):  # batches of any size
        found = session.run(None, {"segments": segments[:n]})
        for of_task, proba in zip(found, expected.probabilities, strict=True):
            np.testing.assert_allclose(of_task, proba[:n], atol=1e-5)
    names = [np.array(classes[task])[p.argmax(1)] for task, p in zip(classes, found, strict=True)]
    assert (np.stack(names, axis=1) == expected.labels).all()


def test_the_probabilities_are_calibrated(fitted, file):
    assert any(abs(t - 1) > 0.05 for t in fitted.calibration_.temperatures.values())


def test_json_holds_the_metadata(fitted, file):
    facts = json.loads((file.parent / "facts.json").read_text())
    assert facts["dt4ecg.classes"] == {k: v.tolist() for k, v in fitted.classes_by_task.items()}
    assert facts["dt4ecg.preprocessor"]["target_rate"] == 100


def test_another_answer_is_refused_and_nothing_is_written(fitted, tmp_path, monkeypatch):
    pytest.importorskip("onnx", reason='pip install "dt4ecg[onnx]"')
    monkeypatch.setattr(export, "_TOLERANCE", -1.0)
    with pytest.raises(RuntimeError, match="nothing was written"):
        export_onnx(fitted, tmp_path / "model.onnx")
    assert not any(tmp_path.iterdir())


def test_the_model_itself_is_not_replaced(fitted, tmp_path, capsys):
    file = tmp_path / "model.safetensors"
    fitted.save(file)
    content = file.read_bytes()
    (tmp_path / "link").symlink_to(file)
    for out in (file, tmp_path / "link"):
        assert main(["export", str(tmp_path), "--out", str(out)]) == 1
        assert "is the model itself" in capsys.readouterr().err
    assert file.read_bytes() == content


@pytest.mark.parametrize("out", ["", "/dev/null", "."])
def test_the_target_is_checked_before_the_work(fitted, out, monkeypatch):
    monkeypatch.setattr(export, "_model", lambda classifier: pytest.fail("the work began"))
    with pytest.raises(OSError, match="not a regular file"):
        export_onnx(fitted, out)


def test_a_task_with_the_name_of_the_input_is_refused(tmp_path):
    X, y = np.eye(8, 60), ["Ann", "Bo"] * 4
    model = DT4ECGClassifier(tasks=("segments",), epochs=1, n_threads=1).fit(X, y)
    with pytest.raises(ValueError, match=r"task 'segments'.* another name"):
        export_onnx(model, tmp_path / "model.onnx")
    assert not any(tmp_path.iterdir())


def test_a_missing_package_is_named(fitted, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "onnxscript", None)
    with pytest.raises(ImportError, match=r'pip install "dt4ecg\[onnx\]"'):
        export_onnx(fitted, tmp_path / "model.onnx")
