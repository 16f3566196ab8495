"""The command line: ``dt4ecg COMMAND``; :data:`COMMANDS` lists the commands.

Results go to standard output; progress, warnings and errors go to standard error. The exit status
is 0 for success, 1 for a failure, 2 for wrong usage, and 3 for a rejection by ``verify`` or
``identify``. A user's mistake gives one readable line;
with ``DT4ECG_DEBUG=1`` the traceback is shown.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import warnings
from collections.abc import Sequence
from typing import NamedTuple

from dt4ecg import __version__
from dt4ecg.cli.messages import print_message, print_warning


class Command(NamedTuple):
    """One command: the module with its ``add_arguments`` and ``run``, and a line of help."""

    module: str
    help: str


# A command's module is imported when the command is used, so `dt4ecg --help` needs no PyTorch.
COMMANDS = {
    "train": Command("dt4ecg.cli.train", "train a network and write a run folder"),
    "evaluate": Command(
        "dt4ecg.cli.evaluate", "score a saved model on the test part of a data set"
    ),
    "report": Command("dt4ecg.cli.report", "write the report of a finished run"),
    "predict": Command("dt4ecg.cli.predict", "predict identity and activity in a recording"),
    "explain": Command("dt4ecg.cli.explain", "show which samples a prediction rests on"),
    "enroll": Command("dt4ecg.cli.enroll", "enrol a person in a gallery"),
    "verify": Command("dt4ecg.cli.verify", "decide whether a recording is of a claimed person"),
    "identify": Command("dt4ecg.cli.identify", "find the enrolled person of a recording"),
    "dismiss": Command("dt4ecg.cli.dismiss", "remove a person from a gallery"),
    "tamper": Command("dt4ecg.cli.tamper", "search a recording for spliced segments"),
    "quality": Command("dt4ecg.cli.quality", "assess whether recordings look like an ECG"),
    "reproduce": Command("dt4ecg.paper.command", "compute the paper's tables and figures again"),
    "export": Command("dt4ecg.cli.export", "export a model to ONNX"),
    "datasets": Command("dt4ecg.cli.datasets", "list the data sets, or download one"),
    "info": Command("dt4ecg.cli.info", "print versions and data sets for a bug report"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments after the program's name; default: those of the process.

    Examples
    --------
    >>> from dt4ecg.cli import main
    >>> main(["datasets", "show", "paper-cohort"])  # doctest: +ELLIPSIS
    name          paper-cohort
    ...
    0
    """
    argv = sys.argv[1:] if argv is None else list(argv)
    for stream in ("stdout", "stderr"):  # a shell may have closed them
        if getattr(sys, stream) is None:
            setattr(sys, stream, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    try:
        arguments = parser(argv[0] if argv else "").parse_args(argv)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 2
    except KeyboardInterrupt:  # while the module of the command was imported
        print_message("dt4ecg: interrupted")
        return 1
    try:
        with warnings.catch_warnings():
            warnings.showwarning = lambda message, *_, **__: print_warning(message)
            status: int = arguments.run(arguments)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt as interrupt:
        details = f"; {interrupt}" if str(interrupt) else ""
        print_message(f"dt4ecg: interrupted{details}")
        return 1
    except BrokenPipeError:
        # The reader of a pipe has closed it (| head). Without this, the flush at exit fails again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (ValueError, TypeError, OSError, ImportError, RuntimeError, MemoryError) as error:
        if os.environ.get("DT4ECG_DEBUG") == "1":
            raise
        print_message(f"dt4ecg: {_message(error)}")
        return 1


def parser(command: str = "") -> argparse.ArgumentParser:
    """Build the parser, with the options of one command only.

    Parameters
    ----------
    command : str, default ""
        A key of ``COMMANDS``; the others are listed without their options.
    """
    top = argparse.ArgumentParser(
        prog="dt4ecg",
        description="Recognise identity and activity from 3-second ECG segments.",
    )
    top.add_argument("--version", action="version", version=f"dt4ecg {__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for name, entry in COMMANDS.items():
        own = commands.add_parser(name, help=entry.help)
        if name == command:
            module = importlib.import_module(entry.module)
            own.description = module.__doc__
            module.add_arguments(own)
            own.set_defaults(run=module.run)
    return top


def _message(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror}"
    return str(error) or type(error).__name__
