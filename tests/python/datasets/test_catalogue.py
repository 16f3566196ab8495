"""The table of data sets, and loading by name."""

import shutil

import pytest

from dt4ecg import Preprocessor
from dt4ecg.datasets import DATASETS, dataset
from dt4ecg.datasets.catalogue import load
from dt4ecg.datasets.download import shipped_checksums


def test_every_set_is_described():
    facts = {
        name: (info.subjects, len(info.activities), info.sampling_rate, info.mains_frequency)
        for name, info in DATASETS.items()
    }
    assert facts == {
        "paper-cohort": (15, 3, 1000, 60),
        "motion-ecg": (10, 5, 500, 50),
        "ecg-id": (90, 0, 500, 50),
        "mit-bih": (47, 0, 360, 60),
        "nstdb": (0, 0, 360, 60),
    }
    for name, info in DATASETS.items():
        assert name == info.name
        assert all((info.title, info.citation, info.licence))
        assert info.load or info.recordings
        assert bool(info.simulated) != bool(info.folder)
        assert bool(info.folder) == bool(info.marker)


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="unknown name 'ecg'; known: paper-cohort, motion-ecg"):
        dataset("ecg")


def test_every_set_that_can_be_fetched_has_checksums_and_a_marker():
    fetched = [info for info in DATASETS.values() if info.source]
    assert [info.name for info in fetched] == ["motion-ecg", "ecg-id"]
    for info in fetched:
        listed = shipped_checksums(info.source.checksums)
        assert info.source.convert or info.marker in listed
        assert all(len(digest) == 64 for digest in listed.values())


def test_a_folder_loads_without_its_bad_rows(folder, tmp_path):
    assert len(load(str(folder))) == 4 * 10
    copy = shutil.copytree(folder, tmp_path / "copy")
    with open(copy / "manifest.csv", "a") as manifest:
        manifest.write("missing.npy,250,S01,rest\n")
    with pytest.warns(UserWarning, match="1 of 5 recordings cannot be used"):
        assert len(load(str(copy))) == 4 * 10


def test_the_notch_follows_the_mains_of_the_data(folder):
    mine = Preprocessor(notch=60.0, highpass=1.0)
    assert load(str(folder)).preprocessor.notch == 60.0
    found = load(str(folder), mine, unknown_mains=50.0).preprocessor
    assert found.to_dict() == mine.to_dict() | {"notch": 50.0}


def test_names_that_are_neither_a_set_nor_a_folder(tmp_path):
    message = r"'absent' is neither a data set \(paper-cohort, motion-ecg, ecg-id, mit-bih\) nor"
    with pytest.raises(ValueError, match=message):
        load("absent")
    with pytest.raises(ValueError, match="'nstdb' is neither a data set"):
        load("nstdb")
