"""A trained run that several tests of the command line share."""

import pytest
from support.command_line import train

from dt4ecg.cli import main


@pytest.fixture(scope="session")
def trained(folder, tmp_path_factory):
    run = tmp_path_factory.mktemp("runs") / "run"
    assert main(train(folder, run, 2)) == 0
    return run
