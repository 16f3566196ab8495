"""Train a network and leave a run folder: model, metrics, curves, confusion matrices."""

from __future__ import annotations

import argparse
import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dt4ecg import _core, weighting
from dt4ecg.cli._data import add_data_arguments, announce, source, whole
from dt4ecg.datasets.named import NO_NAME, labelled_tasks, load, named_labels
from dt4ecg.runs.config import CONFIG, DEFAULTS, read_config, require_kinds
from dt4ecg.runs.folder import CHECKPOINT, clear
from dt4ecg.runs.summary import add_json_argument, summary, write_json
from dt4ecg.storage.lock import held
from dt4ecg.training import recipes
from dt4ecg.training.options import MOST_THREADS

if TYPE_CHECKING:
    import numpy as np

    from dt4ecg import DT4ECGClassifier
    from dt4ecg.datasets import SegmentSet
    from dt4ecg.metrics import Report
    from dt4ecg.protocols import Split


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data_arguments(parser)
    parser.add_argument(
        "--mains",
        type=float,
        metavar="HZ",
        help="mains frequency of a folder's recordings whose manifest gives none; "
        f"default: {DEFAULTS['mains']:g}",
    )
    parser.add_argument(
        "--test-size", type=float, metavar="SHARE", help=f"default: {DEFAULTS['test_size']}"
    )
    parser.add_argument("--validation-size", type=float, metavar="SHARE", help="default: 0")
    parser.add_argument("--backbone", choices=tuple(_core.nn.backbones()))
    parser.add_argument("--attention", choices=tuple(_core.nn.attentions()))
    parser.add_argument("--weighting", choices=weighting.names(), help="of the tasks' losses")
    parser.add_argument(
        "--recipe",
        choices=tuple(recipes.RECIPES),
        help="; ".join(f"{name}: {row.summary}" for name, row in recipes.RECIPES.items()),
    )
    parser.add_argument("--norm-scope", choices=("shared", "last", "all"))
    parser.add_argument(
        "--precision",
        choices=("float32", "bf16"),
        help="of the products; bf16 is faster only where the processor has units for it",
    )
    parser.add_argument("--epochs", type=whole(1), help=f"default: {DEFAULTS['epochs']}")
    parser.add_argument("--batch-size", type=whole(1), help=f"default: {DEFAULTS['batch_size']}")
    parser.add_argument("--learning-rate", type=float, help=f"default: {DEFAULTS['learning_rate']}")
    parser.add_argument("--device", help="default: cpu")
    parser.add_argument("--threads", type=whole(1, MOST_THREADS), help="default: torch's number")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="default: a new one in runs/")
    parser.add_argument(
        "--resume",
        type=Path,
        metavar="RUN",
        help="continue an interrupted run (its folder or checkpoint), to the same bits",
    )
    add_json_argument(parser)
    parser.add_argument("--quiet", action="store_true", help="no progress bar")


def run(arguments: argparse.Namespace) -> int:
    if arguments.resume is None:
        config = DEFAULTS | _given(arguments)
        data, split = _divided(config)
        folder = _folder_for(arguments.out, config)
        with held(folder):
            if not clear(folder):
                raise ValueError(
                    f"--out: {folder} is not empty; choose another folder, or, if it holds a run "
                    f"already, continue it with --resume {folder}"
                )
            write_json(folder / CONFIG, config)
            return _run(arguments, config, data, split, folder, None)
    folder = arguments.resume.parent if arguments.resume.name == CHECKPOINT else arguments.resume
    checkpoint = folder / CHECKPOINT
    if not checkpoint.is_file():
        raise ValueError(
            f"--resume: {folder} holds no {CHECKPOINT} of a run to continue; one that was stopped "
            "before its first epoch ended starts again with --out"
        )
    with held(folder):
        config = _continued(arguments, folder)
        data, split = _divided(config)
        return _run(arguments, config, data, split, folder, checkpoint)


def _run(
    arguments: argparse.Namespace,
    config: dict[str, Any],
    data: SegmentSet,
    split: Split,
    folder: Path,
    checkpoint: Path | None,
) -> int:
    started = time.perf_counter()
    try:
        announce(data)
        classifier, report = _train(
            config, data, split, folder, checkpoint, verbose=not arguments.quiet
        )
    except BaseException as error:
        kept = (folder / CHECKPOINT).exists()
        if not kept:
            (folder / CONFIG).unlink(missing_ok=True)
        if not isinstance(error, KeyboardInterrupt):
            raise
        raise KeyboardInterrupt(
            f"continue with: dt4ecg train --resume {shlex.quote(str(folder))}"
            if kept
            else "nothing was trained yet"
        ) from None
    results = summary(
        config["data"],
        data,
        split,
        report,
        epochs=config["epochs"],
        seconds=time.perf_counter() - started,
    )
    results |= {
        "weighting": config["weighting"],
        "recipe": config["recipe"],
        "task_weights": classifier.history_["weight"],
    }
    # Files first: a reader of the table that leaves early costs no result.
    write_json(folder / "metrics.json", results)
    draw(folder, classifier, report, data.simulated)
    if arguments.json is not None:
        write_json(arguments.json, results)
    print(
        f"{data.name}{' (simulated)' if data.simulated else ''}, {split.protocol} split, seed "
        f"{split.seed}, {config['epochs']} epochs, {len(split.train)} training and "
        f"{len(split.test)} test segments"
    )
    print(report)
    print(f"{folder}: model, metrics, curves and confusion matrices", file=sys.stderr)
    return 0


def _divided(config: dict[str, Any]) -> tuple[SegmentSet, Split]:
    """The data and their parts; a mistake in them shows before there is a folder."""
    from dt4ecg import protocols

    data = load(config["data"], unknown_mains=config["mains"])
    split = protocols.split(
        data,
        config["protocol"],
        test_size=config["test_size"],
        validation_size=config["validation_size"],
        seed=config["seed"],
    )
    return data, split


def _train(
    config: dict[str, Any],
    data: SegmentSet,
    split: Split,
    folder: Path,
    resume: Path | None,
    verbose: bool,
) -> tuple[DT4ECGClassifier, Report]:
    from dt4ecg import DT4ECGClassifier, metrics, protocols

    leaks = protocols.leak_report(data, split)
    print(leaks, file=sys.stderr)
    if leaks.neighbours:
        print(
            "  `--protocol blocked`, `session` or `subject` keeps neighbours apart.",
            file=sys.stderr,
        )

    tasks = labelled_tasks(data, split.train)
    labels = named_labels(data, tasks)
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
        missing_label=NO_NAME,
        preprocessor=data.preprocessor,
        device=config["device"],
        n_threads=config["threads"],
        random_state=config["seed"],
        verbose=int(verbose),
    )

    def remember(*_) -> None:
        """Once it trains: a command that is refused changes nothing of a run."""
        write_json(folder / CONFIG, config)

    validation = split.validation
    try:
        classifier.fit(
            data.X[split.train],
            labels[split.train],
            validation_data=(data.X[validation], labels[validation]) if len(validation) else None,
            callbacks=[remember],  # a kill runs no finally
            checkpoint=folder / CHECKPOINT,
            resume=resume,
        )
    finally:
        if hasattr(classifier, "network_"):
            remember()
    _tell_skipped(classifier.history_["skipped_steps"])
    classifier.save(folder / "model.safetensors")
    write_json(folder / "history.json", classifier.history_)

    predicted = classifier.predict(data.X[split.test]).reshape(len(split.test), -1)
    report = metrics.report(
        labels[split.test],
        predicted,
        {task: data.classes[task] for task in tasks},
        missing_label=NO_NAME,
    )
    for task in tasks:
        if task not in split.scored_tasks:
            report.tasks[task] = None
    return classifier, report


def _tell_skipped(by_epoch: np.ndarray) -> None:
    """They are counted from the run's first step on."""
    skipped = int(by_epoch[-1])
    if skipped:
        print(
            f"dt4ecg: warning: {skipped} steps were skipped, since their losses or gradients were "
            "not finite; take a smaller --learning-rate",
            file=sys.stderr,
        )


def draw(folder: Path, classifier: DT4ECGClassifier, report: Report, simulated: bool) -> None:
    """The run's pictures, without a display."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from dt4ecg import plots

    def picture(name: str, size: tuple[float, float], plot) -> None:
        figure = Figure(figsize=size, layout="constrained")
        FigureCanvasAgg(figure)
        plot(figure.subplots())
        figure.savefig(folder / f"{name}.png", dpi=150)

    history = classifier.history_
    picture(
        "curves", (6.4, 4), lambda ax: plots.training_curves(history, simulated=simulated, ax=ax)
    )
    picture(
        "task_weights", (6.4, 4), lambda ax: plots.task_weights(history, simulated=simulated, ax=ax)
    )
    for task, scores in report.tasks.items():
        if scores is None:
            continue
        side = min(9.0, max(4.4, 0.42 * len(scores.classes)))

        def confusion(ax, task=task, scores=scores):
            plots.confusion_matrix(scores, title=task.capitalize(), simulated=simulated, ax=ax)

        picture(f"confusion_{task}", (side + 0.4, side), confusion)


def _given(arguments: argparse.Namespace) -> dict[str, Any]:
    given = {key: value for key in DEFAULTS if (value := getattr(arguments, key)) is not None}
    if "data" in given:
        given["data"] = source(given["data"])
    return given


def _folder_for(out: Path | None, config: dict[str, Any]) -> Path:
    asked = out is not None
    if out is None:
        name = Path(config["data"]).name
        stamp = time.strftime("%Y%m%d-%H%M%S")
        out = Path("runs") / f"{name}-{config['protocol']}-seed{config['seed']}-{stamp}"
    try:
        # Two runs that start within one second share a default name, and must not share a folder.
        out.mkdir(parents=True, exist_ok=asked)
    except (FileExistsError, NotADirectoryError):
        raise ValueError(
            f"--out: {out} cannot be made a folder, since something of that name is there already; "
            "choose another name"
        ) from None
    return out


def _continued(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    try:
        saved = read_config(folder)
    except (OSError, ValueError) as error:
        raise ValueError(f"--resume: cannot read {folder / CONFIG}: {error}") from None
    require_kinds(folder, saved)
    changed = [
        f"--{key.replace('_', '-')} {saved[key]} -> {value}"
        for key, value in _given(arguments).items()
        if key != "epochs" and saved[key] != value
    ]
    if changed:
        raise ValueError(
            f"--resume: the run was started otherwise ({', '.join(changed)}); leave that out, or "
            "start another run"
        )
    if arguments.out is not None and arguments.out.resolve() != folder.resolve():
        raise ValueError("--resume: a run continues in its own folder; leave --out out")
    epochs = arguments.epochs or saved["epochs"]
    if epochs != saved["epochs"] and recipes.recipe(saved["recipe"]).schedule != "constant":
        raise ValueError(
            f"--resume: with --recipe {saved['recipe']} the learning rate falls over all "
            f"{saved['epochs']} epochs, which cannot become {epochs}; leave --epochs out, or start "
            "another run"
        )
    if epochs < saved["epochs"]:
        raise ValueError(
            f"--resume: epochs may grow from {saved['epochs']}, not shrink to {epochs}; leave "
            "--epochs out"
        )
    return saved | {"epochs": epochs}
