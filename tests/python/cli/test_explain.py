"""``dt4ecg explain`` on files."""

import numpy as np
import pytest
from support.command_line import strict_json

from dt4ecg import DT4ECGClassifier, beats, datasets
from dt4ecg.cli import explain, main
from dt4ecg.inference.explain import METHODS, share_inside

RATE = 250.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A model of two people, and a recording of 9 s of ECG and 3 s of noise."""
    path = tmp_path_factory.mktemp("explain")
    recordings = datasets.simulate_cohort(subjects=2, seconds=12, sampling_rate=RATE)
    data = datasets.from_recordings(recordings)
    classifier = DT4ECGClassifier(epochs=1, preprocessor=data.preprocessor)
    classifier.fit(data.X, data.labels).save(path / "model")
    ecg = np.squeeze(recordings[0].samples).copy()
    ecg[-750:] = np.random.default_rng(0).normal(size=750)
    np.save(path / "ecg.npy", ecg)
    return path


def command(folder, *more):
    recording, model = str(folder / "ecg.npy"), str(folder / "model")
    return main(["explain", recording, "--model", model, "--sampling-rate", "250", *more])


def test_table_figure_and_json(folder, tmp_path, capsys):
    result, figure = tmp_path / "found.json", tmp_path / "found.png"
    more = ("--task", "activity", "--json", str(result), "--figure", str(figure))
    assert command(folder, *more) == 0
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert rows[0] == [*explain.COLUMNS]
    assert [row[1] for row in rows[1:]] == ["yes"] * 3 + ["no"]
    assert rows[4][2:] == ["unusable", "-", "-", "-", "-"]
    assert figure.read_bytes().startswith(b"\x89PNG")
    found = strict_json(result)
    assert (found["task"], found["method"], found["sampling_rate"]) == ("activity", "grad_cam", 100)
    from dt4ecg import load

    classifier = load(folder / "model")
    segments, starts = classifier.segments_of(np.load(folder / "ecg.npy"), RATE)
    expected = classifier.explain(segments, "activity")
    inside = beats.wave_windows(beats.find(segments[0, 0], 100.0), 300).union
    first = found["segments"][0]
    np.testing.assert_allclose(first["map"], expected.maps[0], atol=1e-4)
    assert first["label"] == expected.target[0]
    assert first["probability"] == pytest.approx(expected.probability[0])
    assert first["share"] == pytest.approx(share_inside(expected.maps[:1], inside[None])[0])
    assert first["windows"] == pytest.approx(inside.mean())
    assert first["peak"] == pytest.approx(starts[0] + expected.maps[0].argmax() / 100)


def test_other_methods(folder, capsys):
    assert tuple(METHODS) == explain.METHODS
    assert command(folder, "--task", "identity", "--method", "attention") == 0
    assert len(capsys.readouterr().out.splitlines()) == 5


def test_mistakes(folder, tmp_path, capsys):
    assert command(folder) == 1
    assert "task must be one of 'identity', 'activity', got None" in capsys.readouterr().err
    data = np.eye(8, 300), ["Ann", "Bo"] * 4
    DT4ECGClassifier(tasks=("identity",), epochs=1).fit(*data).save(tmp_path / "plain")
    given = ["explain", str(folder / "ecg.npy"), "--model", str(tmp_path / "plain")]
    assert main([*given, "--sampling-rate", "250"]) == 1
    assert "without its preprocessor" in capsys.readouterr().err
