"""The drawing of Fig. 6 and 7."""

import re

import numpy as np
import pytest
from support.reproduced import PLAN, cells, history

from dt4ecg.paper.design.figures import figure_6, figure_7
from dt4ecg.paper.report.curves import draw


def results_of(figure, levels):
    """Return results in which each row rises to its own level."""
    of_label = dict(zip((row.label for row in figure.rows), levels, strict=True))
    results = {}
    for row in figure.rows:
        curve = np.linspace(0.1, of_label[row.label], 20).tolist()
        results |= cells(
            figure, lambda label, row=row: 1 if label == row.label else None, history=history(curve)
        )
    return results


@pytest.mark.slow
def test_equal_results_give_equal_images():
    figure = figure_6(PLAN)
    results = results_of(figure, (0.9, 0.8, 0.7))
    first = draw(figure, results, False, "made, random")
    assert first.keys() == {"png", "svg"}
    assert first["png"].startswith(b"\x89PNG")
    assert draw(figure, results, False, "made, random") == first
    assert draw(figure, results_of(figure, (0.9, 0.8, 0.6)), False, "made, random") != first


def test_simulated_data_and_the_lines_of_the_paper_are_drawn():
    figure = figure_7(PLAN)
    results = results_of(figure, (0.9, 0.8, 0.7))
    measured = draw(figure, results, False, "made, random")["svg"].decode()
    simulated = draw(figure, results, True, "made, random")["svg"].decode()
    assert "simulated" in simulated
    assert "simulated" not in measured
    assert "Fig. 7: made, random" in measured
    assert all(measured.count(f"{row.label}, training") == 2 for row in figure.rows)
    dotted = re.findall(r"stroke-dasharray", measured)
    assert len(dotted) == 1  # 90 % in the panel of the activity
    lines = draw(figure_6(PLAN), results_of(figure_6(PLAN), (0.9, 0.8, 0.7)), False, "made")["svg"]
    assert lines.decode().count("stroke-dasharray") == 4  # two epochs in each panel


def test_each_panel_has_624_by_516_pixels():
    figure = figure_7(PLAN)
    png = draw(figure, results_of(figure, (0.9, 0.8, 0.7)), False, "made, random")["png"]
    width, height = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
    assert (width, height) == (2 * 624, 516)


def test_without_cells_there_is_no_figure():
    assert draw(figure_6(PLAN), {}, False, "made") is None
