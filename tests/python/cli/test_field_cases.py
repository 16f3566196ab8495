"""``predict`` and ``train`` take every field case as ``dt4ecg.read`` does."""

import shutil

import numpy as np
import pytest
from support.command_line import strict_json

import dt4ecg
from dt4ecg.cli import main
from dt4ecg.io.manifest import Reading, read_manifest

# File, stated rate, lead, and the starts of the segments.
CASES = [
    ("clean.csv", 250, None, [3 * i for i in range(10)]),
    ("polar_sensor_logger_ECG.txt", None, None, [0, 3, 6, 9]),
    ("clock_whole_seconds.csv", 130, None, [0, 3, 6, 9]),
    ("clock_per_packet.csv", 130, None, [0, 3, 6, 9]),
    ("apple_watch_en.csv", None, None, [0, 3, 6]),
    ("opensignals.txt", None, None, [0, 3, 6, 9]),
    ("labchart.txt", None, None, [0, 3, 6]),
    ("physionet_text.csv", None, "MLII", [0, 3, 6, 9]),
    ("units_in_second_line.csv", 250, None, [0, 3, 6, 9]),
    ("quoted.csv", 250, None, [0, 3, 6, 9]),
    ("header_cp1252.csv", 250, None, [0, 3, 6, 9]),
    ("utf16_tab.txt", 250, None, [0, 3, 6, 9]),
    ("header_is_0.csv", 250, None, [3 * i for i in range(10)]),
    ("same_without_header.csv", 250, None, [3 * i for i in range(10)]),
    ("ECG.tsv", 250, "0", [0, 3, 6, 9]),
    ("ecg.csv.gz", 250, None, [0, 3, 6, 9]),
    ("signal_and_fs.npz", None, None, [3 * i for i in range(10)]),
    ("hole_15_s.csv", 250, None, [0, 3, 6, 25]),
    ("wfdb/frames4.hea", None, None, [0, 3, 6, 9, 12, 15]),
    ("wfdb/hole.hea", None, None, [0, 3, 6, 69, 72, 75]),
    ("wfdb/hole_1", None, None, [0, 3, 6]),
    ("wfdb/hole_1.dat", None, None, [0, 3, 6]),
    ("wfdb/leads_II_I.hea", None, "II", [0, 3, 6, 9, 12, 15]),
    ("formats/two_segments.acq", None, None, [0, 3.881]),
    ("formats/two_activities.edf", None, None, [3 * i for i in range(8)]),
    ("formats/two_leads.dcm", None, "I", [0, 3, 6]),
    ("formats/A00001.mat", None, None, [0, 3, 6, 9]),
    ("formats/lsl.xdf", None, None, [3 * i for i in range(8)]),
    ("formats/movesense.json", None, None, [0, 3, 6, 9]),
]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """Train on people that the cases are not about; only the segments matter here."""
    recordings = dt4ecg.datasets.simulate_cohort(subjects=2, seconds=15)
    data = dt4ecg.datasets.from_recordings(recordings, dt4ecg.Preprocessor(notch=None))
    path = tmp_path_factory.mktemp("model") / "model.safetensors"
    classifier = dt4ecg.DT4ECGClassifier(epochs=1, preprocessor=data.preprocessor)
    classifier.fit(data.X, data.labels).save(path)
    return path


def starts_of(rows):
    return [row["start"] for row in rows]


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(("file", "rate", "lead", "starts"), CASES)
def test_predict(field_cases, model, tmp_path, file, rate, lead, starts):
    options = [] if rate is None else ["--sampling-rate", str(rate)]
    options += [] if lead is None else ["--lead", lead]
    out = tmp_path / "rows.json"
    predict = ["predict", "--model", str(model), str(field_cases / file), "--json", str(out)]
    assert main([*predict, *options]) == 0
    assert starts_of(strict_json(out)) == pytest.approx(starts, abs=0.02)


def test_a_manifest_lists_the_same_files(field_cases, tmp_path):
    folder = tmp_path / "set"
    shutil.copytree(field_cases, folder)
    cases = [case for case in CASES if not case[0].startswith("wfdb/hole_1")]
    rows = [f"{file},{rate or ''},S1,rest,{lead or ''}" for file, rate, lead, _ in cases]
    header = "file,sampling_rate,subject,activity,lead"
    (folder / "manifest.csv").write_text("\n".join([header, *rows]))
    found = read_manifest(folder / "manifest.csv", Reading(60.0))
    assert found.problems == {}
    for (file, rate, lead, _), recording in zip(cases, found.recordings.values(), strict=True):
        alone = dt4ecg.read(field_cases / file, rate, leads=lead)
        np.testing.assert_array_equal(recording.samples, alone.samples)
        assert recording.sampling_rate == alone.sampling_rate


@pytest.mark.slow
@pytest.mark.parametrize(
    ("case", "segments"),
    [
        ("train_clock_whole_seconds", 20),
        ("train_decimal_comma", 20),
        ("train_manifest_semicolon", 20),
        ("train_manifest_more_columns", 20),
    ],
)
def test_train_on_the_folders(field_cases, tmp_path, case, segments):
    out = tmp_path / "results.json"
    train = [
        "train",
        "--data",
        str(field_cases / case),
        "--epochs",
        "1",
        "--quiet",
        "--mains",
        "50",
    ]
    assert main([*train, "--out", str(tmp_path / "run"), "--json", str(out)]) == 0
    data = dt4ecg.datasets.load_recordings(field_cases / case, mains_frequency=50)
    assert data.X.shape == (segments, 1, 300)
