"""The sentences about the training in the methods paragraph of a report."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from dt4ecg import weighting as weightings
from dt4ecg._common.wording import counted
from dt4ecg.runs.reporting import references
from dt4ecg.runs.reporting.references import cite
from dt4ecg.training import Deconfounding, SlowExchange, recipes

if TYPE_CHECKING:
    from dt4ecg import DT4ECGClassifier
    from dt4ecg.training.recipes import Recipe
    from dt4ecg.training.settings import TrainingSettings

_DECONFOUNDING = {
    "confusion": references.CONFUSION,
    "reversal": references.REVERSAL,
    "confusion-released": references.RELEASED,
}


def training(classifier: DT4ECGClassifier, works: dict[str, str]) -> list[str]:
    """Describe optimiser, losses and random changes; add the source of the weighting to `works`."""
    settings, recipe = classifier.settings, recipes.recipe(classifier.recipe)
    decay = settings.weight_decay if settings is not None else 0.0
    optimiser = (
        f"AdamW {cite(references.ADAMW)} with a weight decay of {decay:g}"
        if decay
        else f"Adam {cite(references.ADAM)}"
    )
    history = getattr(classifier, "history_", None)  # absent from older files
    epochs = classifier.epochs if history is None else len(history["epoch"])
    rate = f"{classifier.learning_rate:g}"
    rate = (
        f"a learning rate that falls from {rate} along a cosine {cite(references.COSINE)}"
        if recipe.schedule == "cosine"
        else f"a {recipe.schedule} learning rate of {rate}"
    )
    sentences = [
        f"It was trained for {counted(epochs, 'epoch')} with {optimiser}, {rate} and batches of "
        f"{counted(classifier.batch_size, 'segment')} (seed {classifier.random_state})."
    ]
    sentences += _start(classifier.init)
    if recipe.standardize:
        sentences.append("The network standardises each segment.")
    if recipe.label_smoothing:
        sentences.append(
            f"Labels were smoothed by {recipe.label_smoothing:g} {cite(references.SMOOTHING)}."
        )
    if settings is not None and settings.class_weight is not None:
        sentences.append("Classes were weighted in the losses.")
    sentences += _exchange(recipe, classifier)
    sentences += _guidance(recipe)
    sentences += _confounders(classifier)
    sentences += _stopping(settings, classifier, epochs)
    if len(classifier.tasks) > 1:
        sentences.append(_weighting(classifier, works))
    return sentences


def _start(init: object) -> list[str]:
    """Name the model from which the training started."""
    if init is None:
        return []
    given = init if isinstance(init, tuple | list) else [init]
    names = [
        os.path.basename(os.fspath(one))
        if isinstance(one, str | os.PathLike)
        else type(one).__name__
        for one in given
    ]
    return [f"The training started from the parameters of {' and '.join(map(str, names))}."]


def _exchange(recipe: Recipe, classifier: DT4ECGClassifier) -> list[str]:
    if recipe.exchange not in classifier.tasks:
        return []
    used = SlowExchange()
    return [
        f"In each epoch, {used.share:.0%} of the segments took the slow part, below "
        f"{used.lowest:g} to {used.highest:g} Hz, of another segment with the same "
        f"{recipe.exchange}."
    ]


def _guidance(recipe: Recipe) -> list[str]:
    if recipe.guidance is None:
        return []
    return [
        f"To the cross-entropy of each task, {recipe.guidance['weight']:g} times the mean of "
        "1 - NCC was added. NCC is the normalised cross-correlation of the map of Grad-CAM with "
        f"windows of the P, QRS and T waves {cite(references.GUIDANCE)}.",
        "A Huber loss of features of the rhythm was added with the weight "
        f"{recipe.guidance['rhythm_weight']:g}.",
    ]


def _confounders(classifier: DT4ECGClassifier) -> list[str]:
    names = classifier._confounders  # of this process; a model file does not name them
    if not names:
        return []
    used = classifier.deconfounding or Deconfounding()
    strength = "" if used.method == "confusion-released" else f" with strength {used.strength:g}"
    return [
        f"The features were trained against {counted(len(names), 'confounder')} "
        f"({', '.join(names)}) by the method {used.method}{strength} "
        f"{cite(_DECONFOUNDING[used.method])}."
    ]


def _stopping(
    settings: TrainingSettings | None, classifier: DT4ECGClassifier, epochs: int
) -> list[str]:
    if settings is None or settings.early_stopping is None:
        return []
    best = getattr(classifier, "best_epoch_", None)
    kept = "" if best is None else f", which was epoch {best},"
    monitor = f"the validation {settings.early_stopping.monitor}"
    source = cite(references.STOPPING)
    if epochs < classifier.epochs:
        return [f"Training stopped early {source} on {monitor}, and the best epoch{kept} was kept."]
    return [f"The best epoch by {monitor} {source}{kept} was kept."]


def _weighting(classifier: DT4ECGClassifier, works: dict[str, str]) -> str:
    if classifier.weighting is None:
        return "The losses of the tasks were weighted by a rule that the model file does not name."
    weighting = weightings.get(classifier.weighting)
    name = weightings.describe(weighting)["name"]
    if name == "none" and recipes.recipe(classifier.recipe).guidance is not None:
        return "The loss was the sum of the tasks' losses."
    if name == "none":
        return "The loss was the sum of the tasks' cross-entropies."
    if name.startswith("paper"):  # Algorithm 1 of the paper and its readings
        return f"The losses of the tasks were weighted by {name} {cite(references.DT4ECG)}."
    source = references.of_object(type(weighting))
    if source is None:
        return f"The losses of the tasks were weighted by {name}."
    works[name] = source
    return f"The losses of the tasks were weighted by {name} {cite(name)}."
