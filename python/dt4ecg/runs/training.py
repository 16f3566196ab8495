"""Train a network as a configuration states, and keep everything in a run folder."""

from __future__ import annotations

import copy
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dt4ecg._common.labels import UNKNOWN
from dt4ecg._common.wording import counted
from dt4ecg.datasets.catalogue import load
from dt4ecg.datasets.digest import digest
from dt4ecg.datasets.segment_set import labelled_tasks
from dt4ecg.runs.config import CONFIG, PREPROCESSINGS, complete_config
from dt4ecg.runs.environment import environment
from dt4ecg.runs.figures import save_figures
from dt4ecg.runs.folder import CHECKPOINT, MODEL
from dt4ecg.runs.reporting import RunReport, report
from dt4ecg.runs.results import summary, to_json
from dt4ecg.storage.container import write_bytes
from dt4ecg.training.settings import EarlyStopping, TrainingSettings

if TYPE_CHECKING:
    from dt4ecg import DT4ECGClassifier, Preprocessor
    from dt4ecg.datasets import SegmentSet
    from dt4ecg.metrics import Report
    from dt4ecg.protocols import Split


@dataclass(frozen=True)
class TrainedRun:
    """A finished run.

    Attributes
    ----------
    classifier : DT4ECGClassifier
        The trained model.
    scores : Report
        Scores of the test part; None for a task that the protocol does not score.
    results : dict
        The content of ``metrics.json``.
    data : SegmentSet
    split : Split
        Division of ``data``.

    See Also
    --------
    train : Makes a run.
    load : Reads a finished run.

    Examples
    --------
    See :func:`train`:

    >>> from dt4ecg import runs
    >>> list(runs.TrainedRun.__dataclass_fields__)
    ['classifier', 'scores', 'results', 'data', 'split']
    """

    classifier: DT4ECGClassifier
    scores: Report
    results: dict[str, Any]
    data: SegmentSet
    split: Split

    def report(self, errors: int = 10) -> RunReport:
        """Report data, leaks, scores with intervals, curves, errors and methods of the run.

        Parameters
        ----------
        errors : int, default 10
            Most wrong predictions of each task to list.

        Returns
        -------
        RunReport
            As :func:`dt4ecg.runs.report`, with the environment of the training.

        Examples
        --------
        >>> import tempfile
        >>> from pathlib import Path
        >>> from dt4ecg import datasets, protocols, runs
        >>> data = datasets.from_recordings(datasets.simulate_cohort(subjects=2, seconds=15))
        >>> split = protocols.split(data, "blocked")
        >>> done = runs.train({"epochs": 1}, data, split, Path(tempfile.mkdtemp()))
        >>> list(done.report().to_frame().index)
        ['identity', 'activity']
        """
        known = self.results.get("environment", {})  # absent from older runs
        return report(self.classifier, self.data, self.split, errors, known)


def load_and_split(config: dict[str, Any]) -> tuple[SegmentSet, Split]:
    """Load the data of a configuration and split them by its protocol.

    Parameters
    ----------
    config : dict
        Values for some keys of ``DEFAULTS``; the others have their defaults.

    Returns
    -------
    data : SegmentSet
    split : Split

    Raises
    ------
    ValueError, OSError
        As :func:`dt4ecg.datasets.catalogue.load` and :func:`dt4ecg.protocols.split`.

    Examples
    --------
    >>> from dt4ecg import runs
    >>> data, split = runs.load_and_split({"data": "paper-cohort", "protocol": "blocked"})
    >>> data.simulated, len(split.train) > len(split.test)
    (True, True)
    """
    from dt4ecg import protocols

    config = complete_config(config)
    data = load(
        config["data"],
        _preprocessor(config),
        unknown_mains=config["mains"],
        sampling_rate=config["sampling_rate"],
        leads=config["lead"],
    )
    if not config["overlap"]:
        return data, _split(data, config)
    rows = protocols.non_overlapping(data)
    divided = protocols.overlapping_training(data, rows, _split(data[rows], config))
    # The model cuts the recordings that it labels without an overlap.
    preprocessor = copy.deepcopy(data.preprocessor).set_params(overlap=0.0)
    return replace(data, preprocessor=preprocessor), divided


def _split(data: SegmentSet, config: dict[str, Any]) -> Split:
    from dt4ecg import protocols

    return protocols.split(
        data,
        config["protocol"],
        test_size=config["test_size"],
        validation_size=config["validation_size"],
        seed=config["seed"],
    )


def _preprocessor(config: dict[str, Any]) -> Preprocessor | None:
    """Return the preprocessor of a configuration, or None for the default of the data."""
    from dt4ecg import Preprocessor, estimator

    preprocessor: Preprocessor | None = None
    if config["preprocessing"] == "paper":
        preprocessor = Preprocessor.paper()
    elif config["preprocessing"] == "amplitude":
        preprocessor = Preprocessor(normalize=None)
    elif config["preprocessing"] != "default":
        raise ValueError(
            f"--preprocessing: must be {' or '.join(PREPROCESSINGS)}, got "
            f"{config['preprocessing']!r}"
        )
    if config["init"] is not None:  # a fine-tuned model needs the segments of its first training
        preprocessor = estimator.load(config["init"]).preprocessor
    if config["nan"] is not None:
        preprocessor = (preprocessor or Preprocessor()).set_params(nan=config["nan"])
    if config["streamable"]:
        preprocessor = preprocessor or Preprocessor()
        if config["init"] is None:
            preprocessor.set_params(zero_phase=False)
        estimator.stream.require_streamable(preprocessor)
    if config["overlap"]:
        preprocessor = (preprocessor or Preprocessor()).set_params(overlap=config["overlap"])
    return preprocessor


def train(
    config: dict[str, Any],
    data: SegmentSet,
    split: Split,
    folder: Path,
    *,
    resume: Path | None = None,
    verbose: bool = False,
) -> TrainedRun:
    """Train, score the test part, and write the run folder.

    Parameters
    ----------
    config : dict
        Values for some keys of ``DEFAULTS``; the others have their defaults.
    data : SegmentSet
    split : Split
        As returned by :func:`load_and_split`, or your own.
    folder : Path
        An existing folder; ``dt4ecg.storage.lock.held`` keeps other runs out of it.
    resume : Path, optional
        Checkpoint of the same run to continue; default: start a new training.
    verbose : bool, default False
        Show a progress bar.

    Returns
    -------
    TrainedRun

    Raises
    ------
    ValueError, TypeError, RuntimeError, OSError
        As :meth:`dt4ecg.DT4ECGClassifier.fit`. Without a checkpoint, the configuration is
        removed again, so that the folder does not look like a run.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from dt4ecg import datasets, protocols, runs
    >>> recordings = datasets.simulate_cohort(subjects=2, seconds=30)
    >>> data = datasets.from_recordings(recordings)
    >>> folder = Path(tempfile.mkdtemp())
    >>> done = runs.train({"epochs": 1}, data, protocols.split(data, "blocked"), folder)
    >>> done.results["epochs"]
    1
    >>> sorted(file.name for file in folder.glob("*.json"))
    ['config.json', 'history.json', 'metrics.json']
    """
    config = complete_config(config)
    started = time.perf_counter()
    try:
        classifier = _fit(config, data, split, folder, resume, verbose)
        classifier.save(folder / MODEL)
        _write_json(folder / "history.json", classifier.history_)
        scores = score_test_part(classifier, data, split)
    except BaseException:
        if not (folder / CHECKPOINT).exists():
            (folder / CONFIG).unlink(missing_ok=True)
        raise
    seconds = time.perf_counter() - started
    results = summary(
        config["data"],
        data,
        split,
        scores,
        epochs=len(classifier.history_["epoch"]),
        seconds=seconds,
    )
    results |= {
        "weighting": config["weighting"],
        "recipe": config["recipe"],
        "task_weights": classifier.history_["weight"],
        "sha256": digest(data),
        "environment": environment(),
    }
    _write_json(folder / "metrics.json", results)
    save_figures(folder, classifier.history_, scores, data.simulated)
    return TrainedRun(classifier, scores, results, data, split)


def _fit(
    config: dict[str, Any],
    data: SegmentSet,
    split: Split,
    folder: Path,
    resume: Path | None,
    verbose: bool,
) -> DT4ECGClassifier:
    from dt4ecg import DT4ECGClassifier

    tasks = labelled_tasks(data, split.train)
    labels = data.labels_of(tasks)
    classifier = DT4ECGClassifier(
        backbone=config["backbone"],
        attention=config["attention"],
        weighting=config["weighting"],
        recipe=config["recipe"],
        tasks=tasks,
        epochs=config["epochs"],
        batch_size=config["batch_size"],
        learning_rate=config["learning_rate"],
        norm_scope=config["norm_scope"],
        precision=config["precision"],
        missing_label=UNKNOWN,
        preprocessor=data.preprocessor,
        device=config["device"],
        n_threads=config["threads"],
        random_state=config["seed"],
        verbose=int(verbose),
        settings=_settings(config),
        init=config["init"],
    )

    def write_config(*_: Any) -> None:
        _write_json(folder / CONFIG, config)

    if resume is None:
        write_config()
    validation = split.validation
    try:
        classifier.fit(
            data.X[split.train],
            labels[split.train],
            validation_data=(data.X[validation], labels[validation]) if len(validation) else None,
            # A continued run may have more epochs. They are written once it trains, so that a
            # refused command changes nothing, and in a callback, since a kill runs no finally.
            callbacks=[write_config],
            checkpoint=folder / CHECKPOINT,
            resume=resume,
        )
    finally:
        if hasattr(classifier, "network_"):
            write_config()
    return classifier


def _settings(config: dict[str, Any]) -> TrainingSettings:
    weight, patience = config["class_weight"], config["early_stopping"]
    stopping = None if patience is None else EarlyStopping(config["monitor"], patience)
    return TrainingSettings(config["weight_decay"], None if weight == "none" else weight, stopping)


def score_test_part(classifier: DT4ECGClassifier, data: SegmentSet, split: Split) -> Report:
    """Predict the test part and compare the predictions with its labels."""
    from dt4ecg import metrics

    tasks = tuple(classifier.tasks)
    labels = data.labels_of(tasks)[split.test]
    try:
        predicted = classifier.predict(data.X[split.test]).reshape(len(split.test), -1)
    except ValueError as error:
        skipped = int(classifier.history_["skipped_steps"][-1])
        hint = f"; skipped {counted(skipped, 'step')}, so use a smaller learning rate"
        raise ValueError(f"{error}{hint if skipped else ''}") from error
    classes = {task: data.classes[task] for task in tasks}
    labels[:, [task not in split.scored_tasks for task in tasks]] = UNKNOWN
    return metrics.report(
        labels, predicted, classes, missing_label=UNKNOWN, trained=classifier.classes_by_task
    )


def _write_json(path: Path, content: Any) -> None:
    write_bytes(path, to_json(content).encode())
