"""``dt4ecg tamper``."""

import numpy as np
import pytest
from support.command_line import strict_json

import dt4ecg
from dt4ecg.biometrics.tamper import TamperDetector
from dt4ecg.cli import main

RATE = 250.0


@pytest.fixture(scope="module")
def detector(tmp_path_factory):
    """The file of a detector, and a recording with noise at its end."""
    folder = tmp_path_factory.mktemp("tamper")
    recordings = dt4ecg.datasets.simulate_cohort(3, ("rest",), seconds=12, sampling_rate=RATE)
    data = dt4ecg.datasets.from_recordings(recordings)
    trained = TamperDetector(width=16, epochs=1, n_threads=1, preprocessor=data.preprocessor)
    trained.fit_on(data.X, data.meta["subject"]).save(folder / "detector.safetensors")
    samples = recordings[0].samples.copy()
    samples[..., int(9 * RATE) :] = np.random.default_rng(0).normal(size=int(3 * RATE))
    np.save(folder / "recording.npy", samples)
    return folder


def test_it_prints_and_writes_the_scan(detector, tmp_path, capsys):
    file, model = detector / "recording.npy", detector / "detector.safetensors"
    rows = tmp_path / "rows.json"
    command = ["tamper", str(file), "--detector", str(model), "--sampling-rate", str(RATE)]
    assert main([*command, "--threshold", "0", "--json", str(rows)]) == 0
    printed, messages = (text.splitlines() for text in capsys.readouterr())
    expected = TamperDetector.load(model).scan(dt4ecg.read(file, RATE))
    found = strict_json(rows)
    assert [row["start"] for row in found] == expected.starts.tolist() == [0.0, 3.0, 6.0, 9.0]
    assert [row["usable"] for row in found] == [True, True, True, False]
    assert [row["alarm"] for row in found] == [True, True, True, False]
    assert [row["probability"] for row in found[:3]] == expected.probabilities[:3].tolist()
    assert found[3]["probability"] is None
    assert printed[0] == "start\tusable\tprobability\talarm"
    assert printed[4] == "9.000\tno\t-\tno"
    assert messages[-1] == "3 of 4 segments usable; 3 alarms above 0"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ("{0}/nowhere.npy --detector {0}/detector.safetensors --sampling-rate 250", "no recording"),
        ("{0}/recording.npy --detector {0}/nowhere --sampling-rate 250", "no model file"),
        ("{0}/recording.npy --detector {0}/recording.npy --sampling-rate 250", "not a dt4ecg"),
        ("{0}/two.npy --detector {0}/detector.safetensors --sampling-rate 250", "takes 1 lead"),
    ],
)
def test_it_explains_what_it_cannot_do(detector, capsys, arguments, text):
    np.save(detector / "two.npy", np.random.default_rng(0).normal(size=(2, 3000)))
    assert main(["tamper", *arguments.format(detector).split()]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert text in line


def test_a_threshold_is_a_probability(detector, capsys):
    assert main(["tamper", "x.npy", "--detector", "y", "--threshold", "2"]) == 2
    assert "from 0 to 1" in capsys.readouterr().err
