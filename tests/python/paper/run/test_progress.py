"""The progress bar of a run counts cells and estimates their work."""

import io
from dataclasses import replace

import pytest
import tqdm.auto

from dt4ecg.nn import Network
from dt4ecg.paper import plan
from dt4ecg.paper.design import tables
from dt4ecg.paper.run.progress import ProgressBar, work


@pytest.fixture(scope="module")
def quick():
    return plan(preset="quick", seeds=1)


@pytest.fixture(scope="module")
def network_cell(quick):
    return replace(tables.table_iv(quick).rows[0].cells[0], weighting="none", epochs=4)


def test_work_counts_forward_and_backward_passes(network_cell):
    network = Network(network_cell.backbone, network_cell.attention, seed=0)
    forward = sum(part["multiply_adds"] for part in network.parts().values())
    plain = work(network_cell)
    assert plain == 4 * 2 * (1e6 + forward)
    assert work(replace(network_cell, weighting="gradnorm")) == plain * 3 / 2
    assert work(replace(network_cell, epochs=8)) == 2 * plain


def test_a_network_that_cannot_be_built_has_little_work(network_cell):
    assert work(replace(network_cell, backbone="absent")) == 4 * 2 * 1e6


def test_work_of_a_comparator_grows_with_its_epochs(quick):
    cell = tables.table_ii(quick).rows[0].cells[0]
    assert work(replace(cell, epochs=0)) == 0
    assert work(replace(cell, epochs=6)) == 2 * work(replace(cell, epochs=3)) > 0


def test_the_bar_is_full_after_the_last_cell(network_cell, monkeypatch):
    stream, bar = io.StringIO(), tqdm.auto.tqdm
    monkeypatch.setattr(
        tqdm.auto, "tqdm", lambda **options: bar(**options | {"file": stream, "mininterval": 0})
    )
    cells = [network_cell, replace(network_cell, weighting="gradnorm")]
    with ProgressBar(cells, enabled=True) as shown:
        assert "2 cells to go" in stream.getvalue()
        shown.done(cells[0])
        assert " 40%|" in stream.getvalue().rsplit("\r", 1)[1]
        shown.done(cells[1])
    last = stream.getvalue().rsplit("\r", 1)[1]
    assert "100%|" in last
    assert f"0 cells to go; last: {cells[1].title}" in last


def test_a_disabled_bar_shows_nothing(network_cell, capsys):
    with ProgressBar([network_cell], enabled=False) as shown:
        shown.done(network_cell)
    assert capsys.readouterr() == ("", "")
