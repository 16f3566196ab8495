"""The paper's tables as rows of cells. Tables share cells that are equal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

from dt4ecg.paper.comparators import COMPARATORS
from dt4ecg.paper.design import published
from dt4ecg.paper.design.cells import ComparatorCell
from dt4ecg.paper.design.names import TABLE_NAMES
from dt4ecg.paper.design.plan import Plan
from dt4ecg.paper.design.published import GRADNORMS, Scores
from dt4ecg.paper.design.rows import Row, Table, network_row
from dt4ecg.training.recipes import DEFAULT as PAPERS_RECIPE
from dt4ecg.training.recipes import RECIPES

DT4ECG = "DT4ECG"


def dt4ecg_row(plan: Plan) -> Row:
    """Return the paper's network without a weighting of the tasks, which is our default."""
    return network_row(plan, DT4ECG, published.PROPOSED.scores())


def weighted(weighting: str) -> str:
    """Return the label of DT4ECG with a GradNorm."""
    return f"DT4ECG, {GRADNORMS[weighting]}"


def weighted_row(plan: Plan, weighting: str) -> Row:
    """Return the paper's network with a GradNorm."""
    return network_row(plan, weighted(weighting), published.PROPOSED.scores(), weighting=weighting)


def table_i(plan: Plan) -> Table:
    """Return Table I: DT4ECG compared with other networks."""
    baselines = tuple(
        network_row(plan, model.title, model.scores(), backbone=backbone, attention="none")
        for backbone, model in published.BASELINES.items()
    )
    proposed = (dt4ecg_row(plan), *(weighted_row(plan, name) for name in GRADNORMS))
    rows = dict(zip(published.NETWORKS, (*baselines, *proposed), strict=True))
    table = Table(
        "I",
        "Table I: DT4ECG against other networks",
        "Does DT4ECG recognise people and activities better than common networks? Every network "
        "has two heads and the same recipe. The paper trains DT4ECG with its GradNorm. Here, "
        "DT4ECG without a weighting and DT4ECG with the GradNorm of Chen et al. are compared with "
        "the other networks. With Algorithm 1 as printed, DT4ECG learns nothing.",
        tuple(rows.values()),
        tuple(
            (label, row.label, task)
            for label in (DT4ECG, weighted("chen2018"))
            for task, row in product(plan.scored, baselines)
        ),
    )
    return table.restricted({rows[name].label for name in plan.networks})


def table_ii(plan: Plan) -> Table:
    """Return Table II: DT4ECG compared with methods of other papers."""
    rows = tuple(_comparator_row(plan, work) for work in published.TABLE_II)
    return Table(
        "II",
        "Table II: DT4ECG against methods of other papers",
        "Is DT4ECG as good as published methods? The paper lists accuracies on different data, "
        "which cannot be compared. Here, a method of each kind is fitted to the same training "
        "segments. The column of the paper gives the accuracy of the original method on its own "
        "data. The methods are rebuilt from their descriptions and are not the authors' code.",
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
    """Return the label of a row of Table III."""
    title = published.BASELINES[backbone].title
    return f"{title}, {published.ATTENTIONS[attention]}"


def table_iii(plan: Plan) -> Table:
    """Return Table III: attention modules in five networks."""
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
        "Does SCA, the attention that the paper proposes, help more than other attentions in each "
        "network? Every attention is between the last feature map and the pooling.",
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
    """Return the label of a single-task network of Table IV."""
    return f"{task} alone"


def table_iv(plan: Plan) -> Table:
    """Return Table IV: a short training with and without GradNorm, and single-task networks."""

    def row(label: str, scores: Mapping[str, Scores], **settings: Any) -> Row:
        return network_row(plan, label, scores, epochs=plan.short_epochs, **settings)

    return Table(
        "IV",
        f"Table IV: with and without GradNorm (epochs: {plan.short_epochs})",
        "Does GradNorm, which weights the losses of the two tasks during training, increase the "
        "accuracy after a short training? Does a network with two tasks lose accuracy in either of "
        "them? The rows of single-task networks answer this; the paper does not have them.",
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


# benchmarks/robust compares the others, over all folds.
COMPARED_RECIPES = (PAPERS_RECIPE, "strong")


def by_recipe(name: str) -> str:
    """Return the label of DT4ECG trained with a recipe of ``dt4ecg.training.recipes``."""
    return f"DT4ECG, recipe {name}"


def table_recipes(plan: Plan) -> Table:
    """Return the comparison of the training recipes, which is not in the paper."""
    return Table(
        "recipes",
        f"Beyond the paper: recipes (epochs: {plan.short_epochs})",
        "What accuracy does the same network reach with another training recipe? "
        + "; ".join(f"{name}: {RECIPES[name].summary}" for name in COMPARED_RECIPES)
        + ". We chose `strong` on segments of `motion-ecg` that are in the test part of neither "
        "`session` nor `subject` with seed 0. With other seeds, or with another protocol on that "
        "set, the test part contains segments that we used for the choice.",
        tuple(
            network_row(plan, by_recipe(name), recipe=name, epochs=plan.short_epochs)
            for name in COMPARED_RECIPES
        ),
        tuple(
            (by_recipe(name), by_recipe(PAPERS_RECIPE), task)
            for task, name in product(plan.scored, COMPARED_RECIPES)
            if name != PAPERS_RECIPE
        ),
    )


TABLES: dict[str, Callable[[Plan], Table]] = dict(
    zip(TABLE_NAMES, (table_i, table_ii, table_iii, table_iv, table_recipes), strict=True)
)
