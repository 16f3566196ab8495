"""The command line: ``dt4ecg train | evaluate | predict | reproduce | datasets | info``.

Results go to standard output, progress and trouble to standard error. Exit status: 0 done,
1 failed, 2 wrong usage. A user's mistake is one readable line; ``DT4ECG_DEBUG=1`` shows where it
came from.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import warnings
from collections.abc import Sequence

from dt4ecg import __version__

# Modules by name: the command line imports the paper's harness without depending on it.
COMMANDS = {
    "train": "dt4ecg.cli.train",
    "evaluate": "dt4ecg.cli.evaluate",
    "predict": "dt4ecg.cli.predict",
    "reproduce": "dt4ecg.paper.command",
    "datasets": "dt4ecg.cli.datasets",
    "info": "dt4ecg.cli.info",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="dt4ecg",
        description="Who is it, and what are they doing? Dual-task learning from 3-second ECG.",
    )
    parser.add_argument("--version", action="version", version=f"dt4ecg {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, module in COMMANDS.items():
        command = importlib.import_module(module)
        description = command.__doc__ or ""
        own = commands.add_parser(name, help=description.splitlines()[0], description=description)
        command.add_arguments(own)
        own.set_defaults(run=command.run)
    for stream in ("stdout", "stderr"):  # a shell may have closed them
        if getattr(sys, stream) is None:
            setattr(sys, stream, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    try:
        arguments = parser.parse_args(argv)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 2
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _show_warning
            status = arguments.run(arguments)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt as interrupt:
        print(f"dt4ecg: interrupted{_told(interrupt)}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The reader has left (| head); Python must not find out again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (ValueError, TypeError, OSError, ImportError, RuntimeError, MemoryError) as error:
        if os.environ.get("DT4ECG_DEBUG") == "1":
            raise
        print(f"dt4ecg: {_text(error)}", file=sys.stderr)
        return 1


def _text(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror}"
    return str(error) or type(error).__name__


def _told(interrupt: KeyboardInterrupt) -> str:
    return f"; {interrupt}" if str(interrupt) else ""


def _show_warning(message, category, *_, **__) -> None:
    print(f"dt4ecg: warning: {message}", file=sys.stderr)
