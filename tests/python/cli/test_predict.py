"""``dt4ecg predict`` on files of several formats."""

import numpy as np
import pytest
from support.command_line import strict_json
from support.ecg_sets import FOLDER_RATE as RATE

import dt4ecg
from dt4ecg.cli import main


def test_predict_gives_names_and_the_pipelines_labels(folder, trained, tmp_path, capsys):
    recording, rows = folder / "1.npy", tmp_path / "rows.json"
    rate = ("--sampling-rate", str(RATE))
    predict = ["predict", "--model", str(trained), str(recording), *rate, "--json", str(rows)]
    assert main(predict) == 0
    printed, messages = (text.splitlines() for text in capsys.readouterr())
    summary = dt4ecg.read(recording, RATE).summary().splitlines()
    assert messages[: len(summary)] == summary
    found = strict_json(rows)
    assert len(printed) == 1 + len(found) == 11
    labels, starts = dt4ecg.load(trained / "model.safetensors").predict_recording(
        np.load(recording), RATE
    )
    assert [[row["identity"], row["activity"]] for row in found] == labels.tolist()
    assert [row["start"] for row in found] == starts.tolist()
    assert {row["activity"] for row in found} <= {"rest", "exercise"}


@pytest.mark.slow
def test_predict_on_a_real_recording_is_the_training_pipeline(motion_folder, tmp_path):
    data = dt4ecg.datasets.load_motion_ecg(motion_folder)
    recording = dt4ecg.datasets.motion.motion_ecg_recordings(motion_folder)[0]
    mine = data.groups == 0
    names = [data.classes[task] for task in data.tasks]
    classifier = dt4ecg.DT4ECGClassifier(epochs=1, n_threads=1, preprocessor=data.preprocessor)
    some = np.arange(0, len(data), 40)
    labels = [np.array(of_task)[data.y[some, i]] for i, of_task in enumerate(names)]
    classifier.fit(data.X[some], np.stack(labels, axis=1))
    classifier.save(tmp_path / "model.safetensors")
    np.save(tmp_path / "recording.npy", recording.samples)
    rate = ("--sampling-rate", repr(recording.sampling_rate))
    model = ("--model", str(tmp_path / "model.safetensors"))
    rows = tmp_path / "rows.json"
    file = str(tmp_path / "recording.npy")
    assert main(["predict", *model, file, *rate, "--name-all", "--json", str(rows)]) == 0
    assert not len(recording.gaps)
    found = [[row["identity"], row["activity"]] for row in strict_json(rows)]
    assert found == classifier.predict(data.X[mine]).tolist()


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ("{folder}/0.npy", "(--sampling-rate, "),
        ("{folder}/0.npy --sampling-rate 0", "sampling_rate"),
        ("{folder}/nowhere.npy --sampling-rate 250", "there is no recording"),
        ("{folder}/0.npy --sampling-rate 250 --lead 1", "lead '1' does not exist"),
        ("{folder}/manifest.csv --sampling-rate 250", "manifest.csv"),
    ],
)
def test_predict_explains_a_bad_recording(options, text, folder, trained, capsys):
    arguments = options.format(folder=folder).split()
    assert main(["predict", "--model", str(trained), *arguments]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert text in line


@pytest.fixture(scope="module")
def cohort_model(tmp_path_factory):
    """A model of simulated people; the folder holds other signals."""
    recordings = dt4ecg.datasets.simulate_cohort(
        subjects=2, activities=("rest", "exercise"), seconds=30, sampling_rate=250.0
    )
    data = dt4ecg.datasets.from_recordings(recordings)
    classifier = dt4ecg.DT4ECGClassifier(epochs=1, preprocessor=data.preprocessor, n_threads=1)
    path = tmp_path_factory.mktemp("cohort") / "model.safetensors"
    classifier.fit(data.X, data.labels).save(path)
    return path, np.squeeze(recordings[0].samples)


@pytest.mark.filterwarnings("ignore:transform. .* segments are flat")
def test_a_lead_that_fell_off_gets_no_name(cohort_model, tmp_path, capsys):
    model, samples = cohort_model
    samples = samples.copy()
    samples[3750:] = 0
    np.save(tmp_path / "recording.npy", samples)
    predict = ["predict", "--model", str(model), str(tmp_path / "recording.npy")]
    predict += ["--sampling-rate", "250", "--json", str(tmp_path / "rows.json")]
    assert main(predict) == 0
    found = strict_json(tmp_path / "rows.json")
    assert [row["usable"] for row in found] == [True] * 5 + [False] * 5
    for row in found:
        assert (row["identity"] == "unusable") == (not row["usable"])
        assert (row["identity_probability"] is None) == (not row["usable"])
        assert (row["quality"] >= 0.5) == row["usable"]
    printed = capsys.readouterr()
    assert printed.out.splitlines()[-1] == "27.000\t0.000\tno\tunusable\t-\tunusable\t-"
    assert "5 of 10 segments usable; identity S0" in printed.err
    assert main([*predict, "--name-all"]) == 0
    assert "unusable" not in capsys.readouterr().out
    assert main([*predict, "--context", "9"]) == 0
    assert [row["averaged"] for row in strict_json(tmp_path / "rows.json")[:5]] == [3, 3, 3, 3, 2]
    assert main([*predict, "--context", "2"]) == 1
    assert "context must be from one segment, 3 s" in capsys.readouterr().err


@pytest.mark.filterwarnings("default:recording. lead 0 looks upside down")
def test_flip_turns_a_lead_over(cohort_model, tmp_path, capsys):
    model, samples = cohort_model
    printed = []
    for name, sign, options in (("a", 1, ()), ("b", -1, ("--flip", "0"))):
        np.save(tmp_path / f"{name}.npy", sign * samples)
        predict = ["predict", "--model", str(model), str(tmp_path / f"{name}.npy")]
        assert main([*predict, "--sampling-rate", "250", *options]) == 0
        printed.append(capsys.readouterr())
    assert printed[0].out == printed[1].out
    assert "upside down" not in printed[0].err + printed[1].err
    assert main([*predict, "--sampling-rate", "250"]) == 0
    assert "lead 0 looks upside down" in capsys.readouterr().err
    assert main([*predict, "--sampling-rate", "250", "--flip", "1"]) == 1
    assert "--flip: the recording has leads 0 to 0, got [1]" in capsys.readouterr().err


def test_predict_reads_text(folder, trained, tmp_path, capsys):
    samples = np.load(folder / "0.npy")
    np.savetxt(tmp_path / "recording.txt", samples, fmt="%.17g")
    printed = []
    for file in (folder / "0.npy", tmp_path / "recording.txt"):
        predict = ["predict", "--model", str(trained), str(file), "--sampling-rate", str(RATE)]
        assert main(predict) == 0
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1]


@pytest.mark.filterwarnings("ignore:transform. no segment")
@pytest.mark.filterwarnings("default:transform. 1 lost sample:UserWarning")
def test_predict_follows_the_nan_policy(folder, trained, tmp_path, capsys):
    samples = np.load(folder / "0.npy")
    samples[10 * RATE] = np.nan
    np.save(tmp_path / "lost.npy", samples)
    model, rate = ("--model", str(trained)), ("--sampling-rate", str(RATE))
    predict = ["predict", str(tmp_path / "lost.npy"), *model, *rate]
    assert main([*predict, "--nan", "raise"]) == 1
    capsys.readouterr()
    starts = {}
    for policy in ("interpolate", "drop"):
        assert main([*predict, "--nan", policy]) == 0
        printed = capsys.readouterr()
        _, *rows = printed.out.splitlines()
        assert ("1 lost sample bridged" in printed.err) == (policy == "interpolate")
        starts[policy] = [float(row.split("\t")[0]) for row in rows]
    assert starts["interpolate"] == [3.0 * i for i in range(10)]
    after_the_gap = 10 + 1 / RATE
    expected = [0.0, 3.0, 6.0, *(after_the_gap + 3 * i for i in range(6))]
    assert starts["drop"] == pytest.approx(expected, abs=1e-3)  # as printed
    np.save(tmp_path / "lost.npy", np.full_like(samples, np.nan))
    assert main([*predict, "--nan", "drop"]) == 1
    assert "no stretch of usable samples" in capsys.readouterr().err


@pytest.mark.filterwarnings("ignore:recording. its beats give")  # 100 Hz is not the right rate
@pytest.mark.parametrize(("mains", "notch"), [("40", 40.0), ("none", None)])
def test_predict_moves_the_notch(mains, notch, folder, trained, tmp_path, capsys):
    """At 100 Hz a notch at 60 Hz is impossible: the interference appears at 40 Hz."""
    rows, samples = tmp_path / "rows.json", np.load(folder / "0.npy")
    recording = (str(folder / "0.npy"), "--sampling-rate", "100", "--json", str(rows))
    predict = ["predict", "--model", str(trained), *recording]
    assert main(predict) == 1
    assert "notch=40 for the alias; here, notch is --mains HZ|none" in capsys.readouterr().err
    assert main([*predict, "--mains", mains]) == 0
    expected_notch = "no notch" if notch is None else f"notch at {notch:g} Hz"
    assert f"mains: {expected_notch}\n" in capsys.readouterr().err
    classifier = dt4ecg.load(trained / "model.safetensors")
    segments = classifier.preprocessor.set_params(notch=notch).transform(samples, 100)
    expected = [shares.max(axis=1).tolist() for shares in classifier.predict_proba(segments)]
    found = strict_json(rows)
    for task, shares in zip(classifier.tasks, expected, strict=True):
        assert [row[f"{task}_probability"] for row in found] == shares


def test_predict_asks_which_of_several_leads(folder, trained, tmp_path, capsys):
    one = np.load(folder / "0.npy")
    np.save(tmp_path / "two.npy", np.stack([one, one]))
    recording = (str(tmp_path / "two.npy"), "--sampling-rate", str(RATE))
    assert main(["predict", "--model", str(trained), *recording]) == 1
    assert "choose with --lead NAME or --lead NUMBER" in capsys.readouterr().err
    assert main(["predict", "--model", str(trained), *recording, "--lead", "1"]) == 0


def test_a_wfdb_header_states_the_rate(trained, ecg_id_folder, capsys):
    record = ecg_id_folder / "Person_01" / "rec_1.hea"
    assert main(["predict", "--model", str(trained), str(record), "--lead", "0"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1 + 6


def test_a_wfdb_header_without_signals_is_refused(trained, tmp_path, capsys):
    (tmp_path / "a.hea").write_text("a 0 250 10\n")
    assert main(["predict", "--model", str(trained), str(tmp_path / "a.hea")]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert f"WFDB record {tmp_path / 'a'} has a header of 0 signals" in line
