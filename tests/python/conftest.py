"""The real sets lie beside the checkout; tests skip without them, or fail if they are required."""

import os
import signal
from pathlib import Path

import pytest
import torch
from support.ecg_sets import write_folder

# A job in the background may start with Ctrl-C ignored, and its children with it.
signal.signal(signal.SIGINT, signal.default_int_handler)

torch.set_num_threads(1)  # equal bits everywhere, and no spinning beside other processes

SHARED_DATA = Path(__file__).parents[3] / "shared" / "data"
if "DT4ECG_DATA" not in os.environ and SHARED_DATA.is_dir():
    os.environ["DT4ECG_DATA"] = str(SHARED_DATA)


def _folder_of(name: str) -> Path:
    folder = Path(os.environ.get("DT4ECG_DATA", "")) / name
    if "DT4ECG_DATA" in os.environ and folder.is_dir():
        return folder
    reason = f"the data set {name} is not at hand: set DT4ECG_DATA to the folder that holds it"
    if os.environ.get("DT4ECG_REQUIRE_DATA") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


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
