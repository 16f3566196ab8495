"""The places where a data set is looked for."""

import re

import pytest

from dt4ecg.datasets import dataset, load_ecg_id, load_motion_ecg
from dt4ecg.datasets.locate import locate


@pytest.fixture
def places(tmp_path, monkeypatch):
    """Point ``$DT4ECG_DATA`` and the user cache to two empty folders."""
    monkeypatch.setenv("DT4ECG_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "data" / "ecgid", tmp_path / "cache" / "dt4ecg" / "ecgid"


def write_marker(folder):
    folder.mkdir(parents=True)
    (folder / "RECORDS").write_text("")


def test_the_given_folder_then_the_variable_then_the_cache(places, tmp_path, monkeypatch):
    in_data, in_cache = places
    info = dataset("ecg-id")
    write_marker(in_cache)
    assert locate(info) == in_cache
    write_marker(in_data)
    assert locate(info) == in_data
    monkeypatch.delenv("DT4ECG_DATA")
    assert locate(info) == in_cache
    write_marker(tmp_path / "mine")
    assert locate(info, tmp_path / "mine") == tmp_path / "mine"


def test_a_missing_set_is_reported_with_the_places_and_the_remedies(places, tmp_path):
    with pytest.raises(FileNotFoundError) as error:
        load_motion_ecg()
    for part in (
        tmp_path / "data" / "ctu_motion_ecg" / "manifest.csv",
        tmp_path / "cache" / "dt4ecg" / "ctu_motion_ecg",
        "dt4ecg datasets fetch motion-ecg",
        "DT4ECG_DATA",
        "path=",
    ):
        assert str(part) in str(error.value)
    with pytest.raises(FileNotFoundError, match=re.escape(f"looked for {tmp_path / 'RECORDS'})")):
        load_ecg_id(tmp_path)
    with pytest.raises(FileNotFoundError) as error:
        locate(dataset("mit-bih"))
    assert "fetch" not in str(error.value)


def test_without_any_place(monkeypatch):
    monkeypatch.delenv("DT4ECG_DATA", raising=False)
    monkeypatch.setattr("dt4ecg.datasets.locate.user_cache", lambda: None)
    with pytest.raises(FileNotFoundError, match=r"not found \(DT4ECG_DATA is not set\)"):
        locate(dataset("ecg-id"))
