"""The paper's tables and figures as rows of cells; tables share the cells that are equal."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from dt4ecg.paper.comparators import COMPARATORS
from dt4ecg.paper.design import published
from dt4ecg.paper.design.cells import Cell, ComparatorCell, NetworkCell
from dt4ecg.paper.design.plans import Plan
from dt4ecg.paper.design.published import GRADNORMS, Scores
from dt4ecg.training.recipes import DEFAULT as PAPERS_RECIPE
from dt4ecg.training.recipes import RECIPES


@dataclass(frozen=True)
class Row:
    """One model of a table.

    Attributes
    ----------
    label : str
    cells : tuple of Cell
        One per seed; none where there is nothing to compute.
    paper : dict of task to Scores
        What the paper gives.
    note : str
        Why there are no cells.
    """

    label: str
    cells: tuple[Cell, ...]
    paper: Mapping[str, Scores] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Table:
    """Rows, and the pairs of their labels (and tasks) that the table is there to compare."""

    name: str
    title: str
    question: str
    rows: tuple[Row, ...]
    pairs: tuple[tuple[str, str, str], ...]  # first label, second label, task
    is_part: bool = False  # of the paper's table

    @property
    def short_title(self) -> str:
        return f"Table {self.name}" if self.name.isupper() else self.name

    @property
    def compared_rows(self) -> list[tuple[Row, Row, str]]:
        return [(self.row(first), self.row(second), task) for first, second, task in self.pairs]

    def restricted(self, labels: Container[str]) -> Table:
        """Those of its rows, and the pairs among them."""
        rows = tuple(row for row in self.rows if row.label in labels)
        pairs = tuple(pair for pair in self.pairs if pair[0] in labels and pair[1] in labels)
        return replace(self, rows=rows, pairs=pairs, is_part=rows != self.rows)

    def row(self, label: str) -> Row:
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
    """A network with every seed of the plan; without cells where none of its tasks is scored."""
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


DT4ECG = "DT4ECG"


def dt4ecg_row(plan: Plan) -> Row:
    """The paper's network with the default weighting, which is none."""
    return network_row(plan, DT4ECG, published.PROPOSED.scores())


def weighted(weighting: str) -> str:
    """Label of DT4ECG with a GradNorm."""
    return f"DT4ECG, {GRADNORMS[weighting]}"


def weighted_row(plan: Plan, weighting: str) -> Row:
    return network_row(plan, weighted(weighting), published.PROPOSED.scores(), weighting=weighting)


def table_i(plan: Plan) -> Table:
    baselines = tuple(
        network_row(plan, model.title, model.scores(), backbone=backbone, attention="none")
        for backbone, model in published.BASELINES.items()
    )
    proposed = (dt4ecg_row(plan), *(weighted_row(plan, name) for name in GRADNORMS))
    rows = dict(zip(published.NETWORKS, (*baselines, *proposed), strict=True))
    table = Table(
        "I",
        "Table I: DT4ECG against other networks",
        "Does DT4ECG recognise people and activities better than the usual networks? Every network "
        "has two heads and the same recipe. The paper's DT4ECG is trained with its GradNorm; here "
        "DT4ECG without any weighting and with the GradNorm of Chen et al. are compared with the "
        "others. With Algorithm 1 as printed it learns nothing.",
        tuple(rows.values()),
        tuple(
            (label, row.label, task)
            for label in (DT4ECG, weighted("chen2018"))
            for task, row in product(plan.scored, baselines)
        ),
    )
    return table.restricted({rows[name].label for name in plan.networks})


def table_ii(plan: Plan) -> Table:
    rows = tuple(_comparator_row(plan, work) for work in published.TABLE_II)
    return Table(
        "II",
        "Table II: DT4ECG against methods of others",
        "Is DT4ECG as good as what others have published? The paper puts accuracies on different "
        "data side by side, which compares nothing. Here a method of each kind is fitted to the "
        "same training segments; the paper's column is what the original reached on its own data. "
        "The methods are rebuilt after their descriptions and are not the authors' code.",
        (*rows, dt4ecg_row(plan)),
        tuple(
            (DT4ECG, row.label, work.task)
            for work, row in zip(published.TABLE_II, rows, strict=True)
            if work.task in plan.scored
        ),
    )


def _comparator_row(plan: Plan, work: published.Work) -> Row:
    scores = {work.task: Scores(work.accuracy)}
    kind = "people" if work.task == "identity" else "activities"
    label = f"{work.method} ({work.authors}; {work.data}, {work.classes} {kind})"
    missing = COMPARATORS[work.comparator].missing()
    if missing:
        return Row(label, (), scores, f"not installed: {missing}")
    not_scored = plan.not_scored(work.task)
    if not_scored:
        return Row(label, (), scores, not_scored[0])
    cells = tuple(
        ComparatorCell(
            source=plan.source,
            protocol=plan.protocol,
            seed=seed,
            tasks=(work.task,),
            comparator=work.comparator,
            epochs=plan.epochs,
        )
        for seed in plan.seeds
    )
    return Row(label, cells, scores)


def attended(backbone: str, attention: str) -> str:
    """Label of a row of Table III."""
    title = published.BASELINES[backbone].title
    return f"{title}, {published.ATTENTIONS[attention]}"


def table_iii(plan: Plan) -> Table:
    rows = tuple(
        network_row(
            plan,
            attended(backbone, attention),
            published.with_attention(backbone, attention),
            backbone=backbone,
            attention=attention,
        )
        for backbone, attention in product(published.ABLATED_BACKBONES, published.ATTENTIONS)
    )
    others = [attention for attention in published.ATTENTIONS if attention != "sca"]
    table = Table(
        "III",
        "Table III: attention modules in five networks",
        "Does SCA, the attention that the paper proposes, help more than other attentions, and in "
        "any network? Every attention sits between the last feature map and the pooling.",
        rows,
        tuple(
            (attended(backbone, first), attended(backbone, second), task)
            for task, backbone in product(plan.scored, published.ABLATED_BACKBONES)
            for first, second in [
                *(("sca", other) for other in others),
                *((other, "none") for other in others if other != "none"),
            ]
        ),
    )
    kept = {
        attended(backbone, attention)
        for backbone, attention in product(published.ABLATED_BACKBONES, published.ATTENTIONS)
        if backbone in plan.networks
        or ("dt4ecg" in plan.networks and (backbone, attention) == ("resnet", "sca"))
    }
    return table.restricted(kept)


WITHOUT = "without GradNorm"


def single(task: str) -> str:
    """Label of the single-task network of Table IV."""
    return f"{task} alone"


def table_iv(plan: Plan) -> Table:
    def row(label: str, scores: Mapping[str, Scores], **settings) -> Row:
        return network_row(plan, label, scores, epochs=plan.short_epochs, **settings)

    return Table(
        "IV",
        f"Table IV: with and without GradNorm (epochs: {plan.short_epochs})",
        "Does GradNorm, which weights the two tasks' losses during training, bring more accuracy "
        "in a short training? And what do two tasks in one network cost either of them? For that, "
        "networks of a single task stand below; the paper has none.",
        (
            *(
                row(title, published.WITH_GRADNORM, weighting=name)
                for name, title in GRADNORMS.items()
            ),
            row(WITHOUT, published.WITHOUT_GRADNORM),
            *(row(single(task), {}, tasks=(task,)) for task in plan.tasks),
        ),
        (
            *((title, WITHOUT, task) for task, title in product(plan.scored, GRADNORMS.values())),
            *((WITHOUT, single(task), task) for task in plan.scored),
        ),
    )


def by_recipe(name: str) -> str:
    """Label of DT4ECG trained by a recipe of :data:`dt4ecg.training.recipes.RECIPES`."""
    return f"DT4ECG, recipe {name}"


def table_recipes(plan: Plan) -> Table:
    return Table(
        "recipes",
        f"Beyond the paper: recipes (epochs: {plan.short_epochs})",
        "What does the same network reach when it is trained otherwise? "
        + "; ".join(f"{name}: {recipe.summary}" for name, recipe in RECIPES.items())
        + ". `strong` was chosen on the motion set, on segments that neither `session` nor "
        "`subject` tests on with seed 0; with other seeds, or another protocol of that set, the "
        "test part has segments that it was chosen by.",
        tuple(
            network_row(plan, by_recipe(name), recipe=name, epochs=plan.short_epochs)
            for name in RECIPES
        ),
        tuple(
            (by_recipe(name), by_recipe(PAPERS_RECIPE), task)
            for task, name in product(plan.scored, RECIPES)
            if name != PAPERS_RECIPE
        ),
    )


@dataclass(frozen=True)
class Figure:
    """Training accuracy by epoch of a few rows, in a panel per task.

    ``epochs`` and ``levels`` are those that the paper names, by task: epochs of convergence, and
    accuracies in %.
    """

    name: str
    title: str
    question: str
    rows: tuple[Row, ...]
    epochs: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    levels: Mapping[str, float] = field(default_factory=dict)

    @property
    def short_title(self) -> str:
        return f"Fig. {self.name}"


def figure_6(plan: Plan) -> Figure:
    return Figure(
        "6",
        f"Fig. 6: training accuracy (epochs: {plan.epochs})",
        "How fast does each task learn, without and with GradNorm? The paper reads from its curves "
        "that identity has converged near epoch "
        f"{published.CONVERGED_WITHOUT['identity']} and activity near "
        f"{published.CONVERGED_WITHOUT['activity']}, with GradNorm near "
        f"{published.CONVERGED_WITH['identity']} and near {published.CONVERGED_WITH['activity']} "
        "(dotted lines).",
        (
            network_row(plan, WITHOUT),
            *(network_row(plan, title, weighting=name) for name, title in GRADNORMS.items()),
        ),
        epochs={
            task: (published.CONVERGED_WITHOUT[task], published.CONVERGED_WITH[task])
            for task in published.CONVERGED_WITHOUT
        },
    )


def figure_7(plan: Plan) -> Figure:
    table = table_iv(plan)
    return Figure(
        "7",
        f"Fig. 7: training accuracy in a short training (epochs: {plan.short_epochs})",
        "How fast does each task learn at first? The paper reads that with GradNorm the "
        f"activity is about {published.GAIN_PER_EPOCH:g} points higher in each epoch and passes "
        f"{published.PASSED_IN_SHORT_TRAINING:g} % (dotted line).",
        tuple(table.row(label) for label in (WITHOUT, *GRADNORMS.values())),
        levels={"activity": published.PASSED_IN_SHORT_TRAINING},
    )


def cells_of(parts: Sequence[Table | Figure]) -> list[Cell]:
    """What the rows are made of, each once, in their order."""
    return list(dict.fromkeys(cell for part in parts for row in part.rows for cell in row.cells))


TABLES: dict[str, Callable[[Plan], Table]] = {
    "I": table_i,
    "II": table_ii,
    "III": table_iii,
    "IV": table_iv,
    "recipes": table_recipes,
}
FIGURES: dict[str, Callable[[Plan], Figure]] = {"6": figure_6, "7": figure_7}
