"""The rows of the tables."""

from dataclasses import replace

import pytest
from support.reproduced import PLAN

from dt4ecg.paper.design import published, tables
from dt4ecg.paper.design.rows import cells_of


def test_a_part_of_the_table_of_networks():
    part = tables.table_i(replace(PLAN, networks=("resnet", "dt4ecg")))
    assert part.is_part
    assert [row.label for row in part.rows] == ["1D-ResNet", "DT4ECG"]
    assert part.pairs == (("DT4ECG", "1D-ResNet", "identity"), ("DT4ECG", "1D-ResNet", "activity"))
    assert not tables.table_i(PLAN).is_part


def test_a_part_of_the_table_of_attentions():
    part = tables.table_iii(replace(PLAN, networks=("cnn", "dt4ecg")))
    complete = tables.table_iii(PLAN)
    assert part.is_part
    assert not complete.is_part
    assert [row.label for row in part.rows] == [
        *(tables.attended("cnn", attention) for attention in published.ATTENTIONS),
        tables.attended("resnet", "sca"),
    ]
    assert part.row(tables.attended("cnn", "se")) == complete.row(tables.attended("cnn", "se"))


@pytest.mark.parametrize(
    ("build", "rows", "pairs"),
    [
        (tables.table_i, 7 + 3, 2 * 7 * 2),
        (tables.table_ii, 10 + 1, 10),
        (tables.table_iii, 25, 2 * 5 * (4 + 3)),
        (tables.table_iv, 3 + 2, 2 * 2 + 2),
        (tables.table_recipes, 2, 2),
    ],
)
def test_numbers_of_rows_and_comparisons(build, rows, pairs):
    table = build(PLAN)
    assert (len(table.rows), len(table.pairs)) == (rows, pairs)


def test_tables_share_equal_cells():
    table_i, table_iii = tables.table_i(PLAN), tables.table_iii(PLAN)
    shared = set(cells_of([table_i])) & set(cells_of([table_iii]))
    assert len(shared) == 3 * (5 + 1)  # five networks without attention, and DT4ECG
    both = cells_of([table_i, table_iii])
    assert len(both) == len(set(both)) == 3 * (10 + 25 - 6)


def test_short_trainings_are_those_of_table_iv():
    assert {cell.epochs for cell in cells_of([tables.table_iv(PLAN)])} == {20}
    assert {cell.epochs for cell in cells_of([tables.table_i(PLAN)])} == {50}
    assert {cell.seed for cell in cells_of([tables.table_i(PLAN)])} == {0, 1, 2}


def test_each_recipe_is_compared_with_the_papers():
    table = tables.table_recipes(PLAN)
    strong, papers = tables.by_recipe("strong"), tables.by_recipe("paper")
    assert [row.label for row in table.rows] == [papers, strong]
    assert table.pairs == ((strong, papers, "identity"), (strong, papers, "activity"))
