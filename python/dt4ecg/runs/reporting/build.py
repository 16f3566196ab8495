"""Make the report of a model on the test part of its data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dt4ecg._common.numbers import integer
from dt4ecg.runs.environment import environment as environment_here
from dt4ecg.runs.reporting.errors import confident_errors
from dt4ecg.runs.reporting.methods import methods
from dt4ecg.runs.reporting.predictions import predict
from dt4ecg.runs.reporting.report import RunReport
from dt4ecg.runs.reporting.scores import score

if TYPE_CHECKING:
    from dt4ecg import DT4ECGClassifier
    from dt4ecg.datasets import SegmentSet
    from dt4ecg.protocols import Split


def report(
    classifier: DT4ECGClassifier,
    data: SegmentSet,
    split: Split,
    errors: int = 10,
    environment: Mapping[str, str] | None = None,
) -> RunReport:
    """Report how well a classifier predicts the test part of a split, and how it was trained.

    Parameters
    ----------
    classifier : DT4ECGClassifier
        Fitted on the training part of ``split``.
    data : SegmentSet
        The segments, with names of recordings and people where known.
    split : Split
        Division of ``data``; ``split.test`` is scored.
    errors : int, default 10
        Most wrong predictions of each task to list, those of the largest probability first.
    environment : dict of str to str, optional
        Versions and processor of the training; empty if unknown. By default, those of this process.

    Returns
    -------
    RunReport
        The report, which has HTML, Markdown, LaTeX, a data frame and a dictionary.

    Raises
    ------
    ValueError
        If the model and the data have no common task, the split is of a larger set, the segments
        do not fit the model, or `errors` is below 0.
    sklearn.exceptions.NotFittedError
        If the classifier is not fitted.

    See Also
    --------
    TrainedRun.report : The report of a finished run.
    load : Read a run folder.

    Notes
    -----
    The report contains names of recordings and people. Look at it before you publish it.

    Examples
    --------
    >>> import dt4ecg
    >>> data = dt4ecg.datasets.from_recordings(
    ...     dt4ecg.datasets.simulate_cohort(subjects=2, seconds=15), name="two people"
    ... )
    >>> split = dt4ecg.protocols.split(data, "blocked")
    >>> classifier = dt4ecg.DT4ECGClassifier(epochs=1)
    >>> classifier = classifier.fit(data.X[split.train], data.labels[split.train])
    >>> found = dt4ecg.runs.report(classifier, data, split)
    >>> list(found.scores), found.methods.text[-81:]
    (['identity', 'activity'], ...)
    """
    from sklearn.utils.validation import check_is_fitted

    from dt4ecg import protocols

    check_is_fitted(classifier)
    most = integer("report", "errors", errors, 0)
    predictions = predict(classifier, data, split)
    leaks = protocols.leak_report(data, split)
    scores = {task: score(data, task, found) for task, found in predictions.items()}
    return RunReport(
        data=data,
        split=split,
        leaks=leaks,
        scores=scores,
        errors={task: confident_errors(data, p, most) for task, p in predictions.items()},
        history=_history(classifier),
        methods=methods(classifier, data, split, leaks, scores),
        environment=dict(environment_here() if environment is None else environment),
    )


def _history(classifier: DT4ECGClassifier) -> Any:
    history = getattr(classifier, "history_", None)  # absent from older files
    return history if history is not None and len(history["epoch"]) else None
