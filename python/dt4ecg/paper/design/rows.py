"""Rows of cells, and the tables and figures that are made of them."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dt4ecg.paper.design.cells import Cell, NetworkCell
from dt4ecg.paper.design.plan import Plan
from dt4ecg.paper.design.published import Scores
from dt4ecg.training.recipes import DEFAULT as PAPERS_RECIPE


@dataclass(frozen=True)
class Row:
    """One model of a table.

    Attributes
    ----------
    label : str
        Name of the model in the table.
    cells : tuple of Cell
        One per seed; empty if there is nothing to compute.
    paper : dict of task to Scores
        The scores in the paper.
    note : str
        The reason if there are no cells.
    """

    label: str
    cells: tuple[Cell, ...]
    paper: Mapping[str, Scores] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Table:
    """Rows of models, and the comparisons that answer the question of the table.

    Attributes
    ----------
    name : str
        Key in ``TABLES``.
    title, question : str
        Texts of the report.
    rows : tuple of Row
        One per model.
    pairs : tuple of (str, str, str)
        Label of the first row, label of the second row, task.
    is_part : bool, default False
        True if rows of the paper's table were left out.
    """

    name: str
    title: str
    question: str
    rows: tuple[Row, ...]
    pairs: tuple[tuple[str, str, str], ...]
    is_part: bool = False

    @property
    def short_title(self) -> str:
        """Return the name of the table in running text."""
        return f"Table {self.name}" if self.name.isupper() else self.name

    @property
    def compared_rows(self) -> list[tuple[Row, Row, str]]:
        """Return the rows and the task of each comparison."""
        return [(self.row(first), self.row(second), task) for first, second, task in self.pairs]

    def restricted(self, labels: Container[str]) -> Table:
        """Return the table with only these rows and the comparisons among them."""
        rows = tuple(row for row in self.rows if row.label in labels)
        pairs = tuple(pair for pair in self.pairs if pair[0] in labels and pair[1] in labels)
        return replace(self, rows=rows, pairs=pairs, is_part=rows != self.rows)

    def row(self, label: str) -> Row:
        """Return the row with a label."""
        return next(row for row in self.rows if row.label == label)


def network_row(
    plan: Plan,
    label: str,
    scores: Mapping[str, Scores] | None = None,
    *,
    backbone: str = "resnet",
    attention: str = "sca",
    weighting: str = "none",
    recipe: str = PAPERS_RECIPE,
    epochs: int | None = None,
    tasks: tuple[str, ...] | None = None,
) -> Row:
    """Return the row of a network with every seed of the plan.

    The row has no cells if the test part can score none of its tasks.
    """
    tasks = plan.tasks if tasks is None else tasks
    not_scored = plan.not_scored(*tasks)
    note = "; ".join(not_scored) if len(not_scored) == len(tasks) else ""
    cells = tuple(
        NetworkCell(
            source=plan.source,
            protocol=plan.protocol,
            seed=seed,
            tasks=tasks,
            epochs=epochs or plan.epochs,
            backbone=backbone,
            attention=attention,
            weighting=weighting,
            recipe=recipe,
        )
        for seed in plan.seeds
    )
    return Row(label, () if note else cells, scores or {}, note)


@dataclass(frozen=True)
class Figure:
    """Curves of the training accuracy over the epochs, with one panel per task.

    Attributes
    ----------
    name : str
        Key in ``FIGURES``.
    title, question : str
        Texts of the report.
    rows : tuple of Row
        One curve per row.
    epochs : dict of task to tuple of int
        Epochs near which the paper reports convergence, drawn as vertical lines.
    levels : dict of task to float
        Accuracies in % that the paper reports, drawn as horizontal lines.
    """

    name: str
    title: str
    question: str
    rows: tuple[Row, ...]
    epochs: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    levels: Mapping[str, float] = field(default_factory=dict)

    @property
    def short_title(self) -> str:
        """Return the name of the figure in running text."""
        return f"Fig. {self.name}"


def cells_of(parts: Sequence[Table | Figure]) -> list[Cell]:
    """Return the cells of all rows, each once, in their order."""
    return list(dict.fromkeys(cell for part in parts for row in part.rows for cell in row.cells))
