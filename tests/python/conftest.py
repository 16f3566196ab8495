"""Fixtures for all tests.

Tests on real recordings need the data sets next to the checkout, or in the folder ``DT4ECG_DATA``.
Without them they are skipped, or fail if ``DT4ECG_REQUIRE_DATA=1``.
"""

import os
import signal
from pathlib import Path

import pytest
import torch
from support.ecg_sets import write_folder

# A background job may start with Ctrl-C ignored, and so would the processes that tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)

torch.set_num_threads(1)  # other processes need the cores too

SHARED_DATA = Path(__file__).parents[3] / "shared" / "data"
if "DT4ECG_DATA" not in os.environ and SHARED_DATA.is_dir():
    os.environ["DT4ECG_DATA"] = str(SHARED_DATA)


def _folder_of(name: str) -> Path:
    folder = Path(os.environ.get("DT4ECG_DATA", "")) / name
    if "DT4ECG_DATA" in os.environ and folder.is_dir():
        return folder
    reason = f"the data set {name} is missing: set DT4ECG_DATA to the folder that holds it"
    if os.environ.get("DT4ECG_REQUIRE_DATA") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def field_cases() -> Path:
    """Return the folder of recordings as recorders and programs write them, next to the data."""
    folder = Path(os.environ.get("DT4ECG_DATA", "")).parent / "cases"
    if "DT4ECG_DATA" not in os.environ or not folder.is_dir():
        pytest.skip("the field cases are missing: the folder cases next to that of the data")
    return folder


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Path:
    return write_folder(tmp_path_factory.mktemp("recordings"))


@pytest.fixture(scope="session")
def motion_folder() -> Path:
    return _folder_of("ctu_motion_ecg")


@pytest.fixture(scope="session")
def ecg_id_folder() -> Path:
    return _folder_of("ecgid")


@pytest.fixture(scope="session")
def mitdb_folder() -> Path:
    return _folder_of("mitdb_excerpts")


@pytest.fixture(scope="session")
def nstdb_folder() -> Path:
    return _folder_of("nstdb_noise")


@pytest.fixture(scope="session")
def noneeg_folder() -> Path:
    return _folder_of("noneeg_hr")


@pytest.fixture(scope="session")
def wesad_folder() -> Path:
    return _folder_of("wesad_hr")
