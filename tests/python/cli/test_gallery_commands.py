"""``dt4ecg enroll``, ``verify`` and ``identify``."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from support.command_line import strict_json

import dt4ecg
from dt4ecg.biometrics import Gallery
from dt4ecg.cli import main
from dt4ecg.datasets import catalogue, from_recordings, simulate_cohort
from dt4ecg.storage.lock import changing

RATE = 250
NAME = "Ann\x1b[31m"


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """An encoder, recordings of two people and of noise, and a folder of other people."""
    folder = tmp_path_factory.mktemp("gallery")
    recordings = simulate_cohort(14, ("rest",), seconds=48, sampling_rate=RATE, seed=5)
    data = from_recordings(recordings[:3])
    encoder = dt4ecg.DT4ECGClassifier(
        tasks=("identity",), epochs=3, n_threads=1, preprocessor=data.preprocessor
    )
    encoder.fit(data.X, data.labels[:, 0]).save(folder / "encoder.safetensors")
    half = 24 * RATE
    for name, recording in zip(("ann", "bo"), recordings, strict=False):
        np.save(folder / f"{name}1.npy", recording.samples[0, :half])
        np.save(folder / f"{name}2.npy", recording.samples[0, half:])
    np.save(folder / "noise.npy", np.random.default_rng(0).normal(size=half))
    others = folder / "others"
    others.mkdir()
    rows = ["file,sampling_rate,subject,activity"]
    for i, recording in enumerate(recordings[3:]):
        np.save(others / f"{i}.npy", recording.samples[0])
        rows.append(f"{i}.npy,{RATE},P{i},rest")
    (others / "manifest.csv").write_text("\n".join(rows) + "\n")
    return folder


def arguments(files, command, *words, gallery="gallery.safetensors"):
    return [
        command,
        *words,
        *("--encoder", str(files / "encoder.safetensors"), "--gallery", str(files / gallery)),
        *("--sampling-rate", str(RATE)),
    ]


@pytest.fixture(scope="module")
def enrolled(files):
    first = arguments(files, "enroll", NAME, str(files / "ann1.npy"))
    assert main([*first, "--background", str(files / "others")]) == 0
    assert main(arguments(files, "enroll", "Bo", str(files / "bo1.npy"))) == 0
    return files


def test_enroll_writes_what_the_gallery_reads(enrolled, tmp_path, capsys):
    encoder = dt4ecg.load(enrolled / "encoder.safetensors")
    gallery = Gallery.load(enrolled / "gallery.safetensors", encoder)
    assert gallery.names == (NAME, "Bo")
    assert "thresholds from 11 people" in repr(gallery)
    rows = tmp_path / "rows.json"
    command = arguments(enrolled, "enroll", "Bo", str(enrolled / "bo2.npy"))
    assert main(command) == 1
    assert "'Bo' is enrolled; add --update" in capsys.readouterr().err
    assert main([*command, "--replace", "--json", str(rows)]) == 0
    assert strict_json(rows) == {"name": "Bo", "n_segments": 8, "n_usable": 8}
    assert main([*arguments(enrolled, "enroll", "Bo", str(enrolled / "bo1.npy")), "--replace"]) == 0


def test_decisions_are_those_of_the_gallery(enrolled, tmp_path, capsys):
    encoder = dt4ecg.load(enrolled / "encoder.safetensors")
    gallery = Gallery.load(enrolled / "gallery.safetensors", encoder)
    rows = tmp_path / "rows.json"
    for file in ("ann1", "ann2", "bo2"):
        path = enrolled / f"{file}.npy"
        recording = dt4ecg.read(path, RATE)
        written = ("--json", str(rows))
        expected = gallery.verify(NAME, recording, 0.1)
        status = main([*arguments(enrolled, "verify", NAME, str(path)), "--far", "0.1", *written])
        assert status == (0 if expected else 3)
        assert strict_json(rows) == expected.to_dict()
        found = gallery.identify(recording, 0.1)
        status = main([*arguments(enrolled, "identify", str(path)), "--reject", "0.1", *written])
        assert status == (0 if found else 3)
        assert strict_json(rows) == found.to_dict()
    assert gallery.verify(NAME, dt4ecg.read(enrolled / "ann1.npy", RATE), 0.1)
    printed = capsys.readouterr()
    assert "\x1b" not in printed.out + printed.err
    assert r"Ann\x1b[31m" in printed.out


def test_noise_is_rejected_with_status_3(enrolled, tmp_path, capsys):
    rows = tmp_path / "rows.json"
    noise = str(enrolled / "noise.npy")
    assert main([*arguments(enrolled, "verify", "Bo", noise), "--json", str(rows)]) == 3
    assert strict_json(rows)["score"] is None
    assert main(arguments(enrolled, "identify", noise)) == 3
    assert capsys.readouterr().out.count("no usable segment among 8 segments") == 2
    assert main(arguments(enrolled, "enroll", "noise", noise)) == 1
    assert "check the electrodes" in capsys.readouterr().err


def test_update_refuses_a_doubtful_recording(enrolled, capsys):
    command = arguments(enrolled, "enroll", "Bo", str(enrolled / "noise.npy"))
    assert main([*command, "--update"]) == 1
    assert "update: rejected as Bo" in capsys.readouterr().err


def test_the_mains_of_a_recording_do_not_change_the_gallery(enrolled, capsys):
    command = arguments(enrolled, "verify", "Bo", str(enrolled / "bo1.npy"))
    assert main([*command, "--far", "0.1", "--mains", "none", "--nan", "drop"]) in (0, 3)
    assert "mains: no notch" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "words", "text"),
    [
        ("verify", ["Cy", "{}/bo2.npy"], "'Cy' is not among the 2 enrolled names"),
        ("verify", ["Bo", "{}/absent.npy"], "there is no recording"),
        ("verify", ["Bo", "{}/bo2.npy", "--far", "0"], "between 0 and 1"),
        ("identify", ["{}/bo2.npy", "--reject", "0.00001"], "cannot show a rate"),
        ("identify", ["{}/bo2.npy", "--activity", "run"], "one threshold for all activities"),
    ],
)
def test_mistakes_give_one_line(enrolled, capsys, command, words, text):
    assert main(arguments(enrolled, command, *(word.format(enrolled) for word in words))) == 1
    assert text in capsys.readouterr().err.splitlines()[-1]


def test_a_gallery_without_thresholds_names_the_option(files, capsys):
    new = {"gallery": "new.safetensors"}
    assert main(arguments(files, "enroll", "Bo", str(files / "bo1.npy"), **new)) == 0
    assert main(arguments(files, "verify", "Bo", str(files / "bo2.npy"), **new)) == 1
    assert "dt4ecg enroll --background" in capsys.readouterr().err
    absent = arguments(files, "identify", str(files / "bo2.npy"), gallery="absent.safetensors")
    assert main(absent) == 1
    assert "there is no gallery" in capsys.readouterr().err


def test_dismiss_removes_one_person(enrolled, tmp_path, capsys):
    path, rows = tmp_path / "gallery.safetensors", tmp_path / "rows.json"
    path.write_bytes((enrolled / "gallery.safetensors").read_bytes())
    command = ["dismiss", NAME, "--gallery", str(path)]
    assert main([*command, "--json", str(rows)]) == 0
    assert strict_json(rows) == {"name": NAME, "n_enrolled": 1}
    gallery = Gallery.load(path, dt4ecg.load(enrolled / "encoder.safetensors"))
    assert gallery.names == ("Bo",)
    assert "thresholds from 11 people" in repr(gallery)
    assert main(command) == 1
    assert "is not among the 1 enrolled name" in capsys.readouterr().err
    assert main(["dismiss", "Bo", "--gallery", str(tmp_path / "absent")]) == 1
    assert "there is no gallery" in capsys.readouterr().err


def test_thresholds_by_activity(files, capsys):
    new = {"gallery": "active.safetensors"}
    command = arguments(files, "enroll", "Bo", str(files / "bo1.npy"), **new)
    assert main([*command, "--per-activity", "labels"]) == 1
    assert "--per-activity belongs to --background" in capsys.readouterr().err
    command += ["--background", str(files / "others")]
    assert main([*command, "--per-activity", "predicted"]) == 1
    assert "no task activity to predict with" in capsys.readouterr().err
    assert main([*command, "--per-activity", "labels"]) == 0
    verify = [*arguments(files, "verify", "Bo", str(files / "bo1.npy"), **new), "--far", "0.1"]
    assert main([*verify, "--activity", "rest"]) == 0
    assert "during rest" in capsys.readouterr().out
    assert main([*verify, "--activity", "run"]) == 1
    assert "known: rest" in capsys.readouterr().err


def test_the_cohort_of_the_package(files, capsys):
    more = ["--gallery", str(files / "cohort.safetensors"), "--sampling-rate", str(RATE)]
    enroll = ["enroll", "Ann", str(files / "ann1.npy"), *more, "--background", "identity-cohort"]
    assert main(enroll) == 0
    assert "thresholds from 300 people" in capsys.readouterr().err
    assert main(["verify", "Ann", str(files / "ann2.npy"), *more]) == 0


def test_the_encoder_of_the_package_is_the_default(files, capsys):
    more = ["--gallery", str(files / "shipped.safetensors"), "--sampling-rate", str(RATE)]
    assert main(["enroll", "Ann", str(files / "ann1.npy"), *more]) == 0
    assert "enrolled Ann with 8 of 8 segments" in capsys.readouterr().out


def test_enrolments_at_the_same_time_wait_for_each_other(files, tmp_path, monkeypatch):
    path = tmp_path / "gallery.safetensors"
    saved, free = Gallery.save, threading.Event()

    def save_late(gallery, to):
        free.wait(2)  # in which the other enrolment must not read the file
        saved(gallery, to)

    monkeypatch.setattr(Gallery, "save", save_late)
    commands = [
        arguments(files, "enroll", name, str(files / f"{name}1.npy"), gallery=path)
        for name in ("ann", "bo")
    ]
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(main, commands)) == [0, 0]
    encoder = dt4ecg.load(files / "encoder.safetensors")
    assert sorted(Gallery.load(path, encoder).names) == ["ann", "bo"]
    assert [file.name for file in tmp_path.iterdir()] == ["gallery.safetensors"]


def test_a_gallery_that_another_program_changes_stays(tmp_path):
    path = tmp_path / "gallery.safetensors"
    late = changing(path, seconds=0.1)
    with changing(path), pytest.raises(ValueError, match="another program is changing"), late:
        raise AssertionError
    with changing(path):
        pass
    assert not list(tmp_path.iterdir())


def test_people_of_the_training_of_the_encoder_give_a_warning(files, capsys, monkeypatch):
    load, others = catalogue.load, files / "others"
    monkeypatch.setattr(
        catalogue, "load", lambda _, preprocessor: load(others, preprocessor=preprocessor)
    )
    more = ["--gallery", str(files / "warned.safetensors"), "--sampling-rate", str(RATE)]
    main(["enroll", "Ann", str(files / "ann1.npy"), *more, "--background", "ecg-id"])
    assert "60 of the 90 people of ecg-id were in the training" in capsys.readouterr().err


def test_the_leads_to_choose_from_are_named(enrolled, capsys):
    two = "time,I,II\n" + "\n".join(f"{i / RATE},{i % 7},{i % 5}" for i in range(10 * RATE))
    (enrolled / "two.csv").write_text(two)
    assert main(arguments(enrolled, "identify", str(enrolled / "two.csv"))) == 1
    error = capsys.readouterr().err
    assert "the encoder takes 1 lead, two.csv has 2: I, II; choose with" in error
