"""``dt4ecg quality`` on files."""

import numpy as np
import pytest
from support.command_line import strict_json

from dt4ecg import Preprocessor
from dt4ecg.cli import main
from dt4ecg.datasets import simulate_cohort
from dt4ecg.signal import classical_quality

RATE = 250.0


@pytest.fixture
def files(tmp_path):
    """Twelve seconds of an ECG with three of noise, and a dead lead."""
    ecg = np.squeeze(simulate_cohort(subjects=1, seconds=12, sampling_rate=RATE)[0].samples).copy()
    ecg[-750:] = np.random.default_rng(0).normal(size=750)
    np.save(tmp_path / "ecg.npy", ecg)
    np.save(tmp_path / "dead.npy", np.zeros(3000))
    return tmp_path


def test_segments_and_summary(files, capsys):
    paths = [str(files / "ecg.npy"), str(files / "dead.npy")]
    result = files / "found.json"
    assert main(["quality", *paths, "--sampling-rate", "250", "--json", str(result)]) == 0
    printed, messages = capsys.readouterr()
    rows = [line.split("\t") for line in printed.splitlines()]
    assert rows[0] == ["file", "start", "usable", "score"]
    assert [row[2] for row in rows[1:]] == ["yes"] * 3 + ["no"] * 5
    assert "ecg.npy: 3 of 4 segments usable" in messages
    assert "dead.npy: 0 of 4 segments usable" in messages
    first, second = strict_json(result)
    samples = np.load(files / "ecg.npy")
    wanted = Preprocessor(notch=None).segment(samples, RATE).quality
    assert [row["score"] for row in first["segments"]] == wanted.score.tolist()
    assert [row["leads"]["0"]["kurtosis"] for row in first["segments"]] == wanted.kurtosis[
        :, 0
    ].tolist()
    assert (first["n_usable"], first["n_segments"], first["seconds"]) == (3, 4, 12)
    classical = classical_quality(samples[:2500], RATE)
    assert first["leads"]["0"]["k_sqi"] == float(classical.k_sqi)
    assert second["leads"]["0"]["n_usable"] == 0


@pytest.mark.filterwarnings("default")
def test_several_leads_and_lost_samples(files, capsys):
    ecg = np.load(files / "ecg.npy")
    two = np.stack([ecg, np.random.default_rng(1).normal(size=len(ecg))])
    two[0, 100:110] = np.nan
    np.save(files / "two.npy", two)
    result = files / "found.json"
    path = str(files / "two.npy")
    assert main(["quality", path, "--sampling-rate", "250", "--json", str(result)]) == 0
    assert "by lead: 0 3/4, 1 0/4" in capsys.readouterr().err
    (found,) = strict_json(result)
    assert found["leads"]["0"]["k_sqi"] is None
    assert found["leads"]["1"]["k_sqi"] == pytest.approx(3, abs=0.4)
    assert main(["quality", path, "--sampling-rate", "250", "--nan", "raise"]) == 1
    assert "two.npy" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ("{files}/nowhere.npy --sampling-rate 250", "there is no recording"),
        ("{files}/ecg.npy", "--sampling-rate"),
        ("{files}/ecg.npy --sampling-rate 250 --lead 3", "lead '3' does not exist"),
    ],
)
def test_errors_are_one_line(options, text, files, capsys):
    assert main(["quality", *options.format(files=files).split()]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert text in line


def test_a_fast_recording_has_no_classical_indices(files, tmp_path):
    samples = simulate_cohort(1, ("rest",), seconds=12, sampling_rate=500, seed=5)[0].samples[0]
    np.save(tmp_path / "fast.npy", np.repeat(samples, 50))
    path, result = str(tmp_path / "fast.npy"), tmp_path / "found.json"
    assert main(["quality", path, "--sampling-rate", "25000", "--json", str(result)]) == 0
    (found,) = strict_json(result)
    assert found["n_usable"] == 4
    assert found["leads"]["0"]["b_sqi"] is None


def test_a_file_that_cannot_be_read_does_not_stop_the_others(files, capsys):
    paths = [str(files / "absent.npy"), str(files / "ecg.npy")]
    result = files / "found.json"
    assert main(["quality", *paths, "--sampling-rate", "250", "--json", str(result)]) == 1
    messages = capsys.readouterr().err.splitlines()
    assert messages[0].startswith("dt4ecg: quality: there is no recording")
    assert "ecg.npy: 3 of 4 segments usable" in messages[-1]
    assert [row["file"] for row in strict_json(result)] == paths[1:]
