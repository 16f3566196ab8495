"""Train a network and write a run folder: model, metrics, curves, confusion matrices."""

from __future__ import annotations

import argparse
import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dt4ecg import nn, weighting
from dt4ecg._common.text import printable
from dt4ecg._common.wording import counted
from dt4ecg.cli.arguments import add_data_arguments, add_reading_arguments, bounded_int, data_source
from dt4ecg.cli.json_output import add_json_argument, write_json
from dt4ecg.cli.messages import print_data, print_message, print_result, print_warning
from dt4ecg.runs import (
    CHECKPOINT,
    CONFIG,
    DEFAULTS,
    check_types,
    load_and_split,
    model_file,
    new_config,
    read_config,
    remove_leftovers,
    train,
)
from dt4ecg.runs.config import PREPROCESSINGS
from dt4ecg.storage.lock import held
from dt4ecg.training import recipes
from dt4ecg.training.options import MOST_THREADS, NORM_SCOPES, PRECISIONS
from dt4ecg.training.settings import CLASS_WEIGHTS, MONITORS

if TYPE_CHECKING:
    from dt4ecg.datasets import SegmentSet
    from dt4ecg.protocols import Split
    from dt4ecg.runs import TrainedRun


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    add_data_arguments(parser)
    add_reading_arguments(parser)
    parser.add_argument(
        "--mains",
        type=float,
        metavar="HZ",
        help="mains frequency of recordings whose manifest states none; "
        f"default: {DEFAULTS['mains']:g}",
    )
    parser.add_argument(
        "--test-size", type=float, metavar="FRACTION", help=f"default: {DEFAULTS['test_size']}"
    )
    parser.add_argument("--validation-size", type=float, metavar="FRACTION", help="default: 0")
    parser.add_argument("--backbone", choices=tuple(nn.backbones()))
    parser.add_argument("--attention", choices=tuple(nn.attentions()))
    parser.add_argument(
        "--weighting",
        choices=(*weighting.names(), *weighting.ALIASES),
        help="how the tasks' losses are weighted; gradnorm is chen2018",
    )
    parser.add_argument(
        "--recipe",
        choices=tuple(recipes.RECIPES),
        help="; ".join(f"{name}: {row.summary}" for name, row in recipes.RECIPES.items())
        + f" (default: {recipes.DEFAULT})",
    )
    streamable = ", ".join(name for name, row in recipes.RECIPES.items() if row.streamable)
    parser.add_argument(
        "--streamable",
        action=argparse.BooleanOptionalAction,
        help="filter causally, so that the model can label a stream of samples while it arrives "
        f"(default: with --recipe {streamable})",
    )
    overlapping = ", ".join(
        f"{row.overlap:.2g} with --recipe {name}"
        for name, row in recipes.RECIPES.items()
        if row.overlap
    )
    parser.add_argument(
        "--overlap",
        type=float,
        metavar="FRACTION",
        help="overlap of the training segments, of which there are then more; no other segment "
        f"overlaps (default: {overlapping or 0})",
    )
    parser.add_argument(
        "--preprocessing",
        choices=PREPROCESSINGS,
        help="amplitude: without a normalisation, for recordings of one unit and gain; paper: "
        "filters and normalisation as in the paper, where one bad sample changes the scale of a "
        "whole recording (default: default)",
    )
    parser.add_argument("--norm-scope", choices=NORM_SCOPES)
    parser.add_argument(
        "--precision",
        choices=PRECISIONS,
        help="precision of matrix products; bf16 is faster only on processors that support it",
    )
    parser.add_argument("--epochs", type=bounded_int(1), help=f"default: {DEFAULTS['epochs']}")
    parser.add_argument(
        "--batch-size", type=bounded_int(1), help=f"default: {DEFAULTS['batch_size']}"
    )
    parser.add_argument("--learning-rate", type=float, help=f"default: {DEFAULTS['learning_rate']}")
    _add_settings(parser)
    parser.add_argument("--device", help="default: cpu")
    parser.add_argument(
        "--threads", type=bounded_int(1, MOST_THREADS), help="default: PyTorch's number of threads"
    )
    parser.add_argument(
        "--out", type=Path, metavar="FOLDER", help="run folder; default: a new one in runs/"
    )
    parser.add_argument(
        "--resume",
        type=Path,
        metavar="RUN",
        help="continue an interrupted run (its folder or checkpoint); the result has the same bits",
    )
    add_json_argument(parser)
    parser.add_argument("--quiet", action="store_true", help="no progress bar")


def _add_settings(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--weight-decay", type=float, help="decoupled weight decay of AdamW (default: 0)"
    )
    parser.add_argument(
        "--class-weight",
        choices=("none", *CLASS_WEIGHTS),
        help="balanced: classes with few segments count as much as the others",
    )
    parser.add_argument(
        "--early-stopping",
        type=bounded_int(1),
        metavar="EPOCHS",
        help="stop after so many epochs without an improvement on the validation part, and keep "
        "the best epoch; needs --validation-size",
    )
    parser.add_argument(
        "--monitor", choices=MONITORS, help="value that early stopping looks at (default: loss)"
    )
    parser.add_argument(
        "--init",
        type=Path,
        metavar="MODEL",
        help="start from the parameters and the preprocessing of a model or a run folder",
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the command and return its exit status."""
    if arguments.resume is None:
        config = new_config(_given(arguments))
        if config["early_stopping"] is not None and not config["validation_size"]:
            raise ValueError(
                "--early-stopping: needs a validation part; add, for example, --validation-size 0.1"
            )
        data, split = load_and_split(config)  # wrong settings are found before a folder is made
        folder = _new_folder(arguments.out, config)
        with held(folder):
            if not remove_leftovers(folder):
                raise ValueError(
                    f"--out: {folder} is not empty; choose another folder, or, if it holds a run "
                    f"already, continue it with --resume {folder}"
                )
            return _train(arguments, config, data, split, folder, None)
    folder = arguments.resume.parent if arguments.resume.name == CHECKPOINT else arguments.resume
    checkpoint = folder / CHECKPOINT
    if not checkpoint.is_file():
        raise ValueError(
            f"--resume: {folder} holds no {CHECKPOINT} to continue from; a run that was stopped "
            "before its first epoch ended is started again with --out"
        )
    with held(folder):
        config = _continued(arguments, folder)
        data, split = load_and_split(config)
        return _train(arguments, config, data, split, folder, checkpoint)


def _train(
    arguments: argparse.Namespace,
    config: dict[str, Any],
    data: SegmentSet,
    split: Split,
    folder: Path,
    checkpoint: Path | None,
) -> int:
    print_data(data)
    _print_leaks(data, split)
    try:
        done = train(config, data, split, folder, resume=checkpoint, verbose=not arguments.quiet)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            f"continue with: dt4ecg train --resume {shlex.quote(str(folder))}"
            if (folder / CHECKPOINT).exists()
            else "nothing was trained yet"
        ) from None
    # Files first: if the reader of the table leaves early, no result is lost.
    if arguments.json is not None:
        write_json(arguments.json, done.results)
    _print_results(config, data, split, done)
    print_message(f"{folder}: model, metrics, curves and confusion matrices")
    return 0


def _print_leaks(data: SegmentSet, split: Split) -> None:
    from dt4ecg import protocols

    leaks = protocols.leak_report(data, split)
    print_message(leaks)
    if leaks.neighbours:
        print_message("  `--protocol blocked`, `session` or `subject` keeps neighbours apart.")


def _print_results(
    config: dict[str, Any], data: SegmentSet, split: Split, done: TrainedRun
) -> None:
    # Skipped steps are counted from the first step of the run, so the last epoch has their sum.
    skipped = int(done.classifier.history_["skipped_steps"][-1])
    if skipped:
        print_warning(
            f"skipped {counted(skipped, 'step')} without finite losses and gradients; use a "
            "smaller --learning-rate"
        )
    print_result(
        f"{printable(data.name)}{' (simulated)' if data.simulated else ''}, {split.protocol} "
        "split, seed "
        f"{split.seed}, recipe {config['recipe']}, {_epochs(done)}, "
        f"{len(split.train)} training and "
        f"{counted(len(split.test), 'test segment')}"
    )
    print_result(done.scores)


def _epochs(done: TrainedRun) -> str:
    """Return the number of epochs, and the best one after early stopping."""
    best = done.classifier.best_epoch_
    count = counted(len(done.classifier.history_["epoch"]), "epoch")
    return count if best is None else f"{count} (best: {best})"


def _given(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the settings that the command line gives."""
    given = {key: value for key in DEFAULTS if (value := getattr(arguments, key)) is not None}
    if "data" in given:
        given["data"] = data_source(given["data"])
    if "init" in given:
        given["init"] = str(model_file(given["init"]).resolve())
    if "monitor" in given and "early_stopping" not in given and arguments.resume is None:
        raise ValueError("--monitor: belongs to early stopping; add --early-stopping EPOCHS")
    return given


def _new_folder(out: Path | None, config: dict[str, Any]) -> Path:
    chosen = out is not None
    if out is None:
        name = Path(config["data"]).name
        stamp = time.strftime("%Y%m%d-%H%M%S")
        out = Path("runs") / f"{name}-{config['protocol']}-seed{config['seed']}-{stamp}"
    try:
        # Two runs that start in the same second have the same default name, but need two folders.
        out.mkdir(parents=True, exist_ok=chosen)
    except FileNotFoundError:  # all folders above it are made too
        raise ValueError(
            f"--out: {out} cannot be made, because the current folder was removed; change to "
            "another folder"
        ) from None
    except (FileExistsError, NotADirectoryError):
        raise ValueError(
            f"--out: {out} exists and is not a directory, or lies below such a file; choose "
            "another name"
        ) from None
    return out


def _continued(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Return the configuration of the run to continue, possibly with more epochs."""
    try:
        saved = read_config(folder)
    except (OSError, ValueError) as error:
        raise ValueError(f"--resume: cannot read {folder / CONFIG}: {error}") from None
    check_types(folder, saved)
    changed = [
        f"--{key.replace('_', '-')} {saved[key]} -> {value}"
        for key, value in _given(arguments).items()
        if key != "epochs" and saved[key] != value
    ]
    if changed:
        raise ValueError(
            f"--resume: the run was started with other settings ({', '.join(changed)}); remove "
            "these options, or start another run"
        )
    if arguments.out is not None and arguments.out.resolve() != folder.resolve():
        raise ValueError("--resume: a run continues in its own folder; remove --out")
    epochs = arguments.epochs or saved["epochs"]
    if epochs != saved["epochs"] and recipes.recipe(saved["recipe"]).schedule != "constant":
        raise ValueError(
            f"--resume: with --recipe {saved['recipe']} the learning rate falls over "
            f"{counted(saved['epochs'], 'epoch')}, which cannot become {epochs}; remove --epochs, "
            "or start another run"
        )
    if epochs < saved["epochs"]:
        raise ValueError(
            f"--resume: epochs may grow from {saved['epochs']}, not shrink to {epochs}; remove "
            "--epochs"
        )
    return saved | {"epochs": epochs}
