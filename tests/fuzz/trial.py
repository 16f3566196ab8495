"""Read one damaged file after another in a child process, and judge each result.

A hang, a crash or a lack of memory then ends the child only, which is started again.
"""

import contextlib
import multiprocessing
import os
import resource
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from tests.fuzz.formats import FORMATS, of_file
from tests.fuzz.mutations import mutate

SECONDS = 5.0  # of the processor
_RUNNABLE = "R"  # in /proc: the process runs or waits for the processor
MEMORY = 2 * 2**30
TYPED = (ValueError, OSError, ImportError)
REFUSED = "refused"
Read = Callable[[Path], Any]
_SPAWN = multiprocessing.get_context("spawn")  # a forked process inherits PyTorch's threads


class Failure(NamedTuple):
    """A damaged file that was not handled, by the number of the mutant."""

    mutant: int
    reason: str


class Outcome(NamedTuple):
    """Number of results of each kind, and the failures."""

    counts: Counter[str]
    failures: list[Failure]


def run(name: str, folder: Path, mutants: int, seed: int = 0, seconds: float = SECONDS) -> Outcome:
    """Write the example of a format, and read damaged copies of it.

    Parameters
    ----------
    name : str
        A key of ``FORMATS``, or the path of a recording.
    folder : Path
        An empty folder. Copies of files that failed stay in it, as ``failure-NUMBER-NAME``.
    mutants : int
    seed : int, default 0
    seconds : float, default 5.0
        Bound of the processor time to read one file.
    """
    format_ = FORMATS.get(name) or of_file(Path(name))
    intact, damaged = folder / "intact", folder / "damaged"
    for place in (intact, damaged):
        place.mkdir()
    warm_up = format_.write(intact).path
    example = format_.write(damaged)
    originals = {path: path.read_bytes() for path in example.headers}
    counts: Counter[str] = Counter()
    failures = []
    reader = _Reader(format_.read, warm_up, seconds)
    try:
        expected = reader.read(example.path)
        if isinstance(expected, str):
            raise ValueError(f"the undamaged example of {name} is refused: {expected}")
        for number in range(mutants):
            random = Random(f"{name} {seed} {number}")
            path = random.choice(list(originals))
            content = mutate(originals[path], random)
            path.write_bytes(content)
            found = reader.read(example.path)
            path.write_bytes(originals[path])
            end = example.headers[path]
            in_header = content[:end] != originals[path][:end]
            reason = _judge(found, expected, in_header)
            counts["refused" if isinstance(found, str) else "read"] += 1
            if reason is not None:
                failures.append(Failure(number, reason))
                (folder / f"failure-{number}-{path.name}").write_bytes(content)
    finally:
        reader.close()
    return Outcome(counts, failures)


def _judge(found: Any, expected: Any, in_header: bool) -> str | None:
    """Return the reason why a result is a failure, or None.

    A reader cannot know that its header was damaged. It must not change the number of signals
    because of damage behind the header.
    """
    if isinstance(found, str):
        return None if found.startswith(REFUSED) else found
    if found != expected and not in_header:
        return f"{found} instead of {expected} signals, with an undamaged header"
    return None


class _Reader:
    """A child process that reads files one after another."""

    def __init__(self, read: Read, warm_up: Path, seconds: float) -> None:
        self._arguments = (read, warm_up)
        self._seconds = seconds
        self._start()

    def read(self, path: Path) -> Any:
        """Return what the format's reader returned, or a text: "refused: ..." or a failure."""
        self._pipe.send(path)
        try:
            if self._answers_in_time():
                return self._pipe.recv()
            reason = f"no end after {self._seconds:g} s"
        except (EOFError, ConnectionError):
            self._child.join()
            reason = f"crash with exit status {self._child.exitcode}"
        self.close()
        self._start()
        return reason

    def _answers_in_time(self) -> bool:
        """Wait for an answer, longer while other programs use the processor."""
        _, start = self._state()
        while not self._pipe.poll(self._seconds):
            state, used = self._state()
            if state != _RUNNABLE or used - start > self._seconds:
                return self._pipe.poll()
        return True

    def _state(self) -> tuple[str, float]:
        """Return the state of the child, and the processor time that it has used in seconds."""
        stat = Path(f"/proc/{self._child.pid}/stat").read_text(encoding="ascii")
        fields = stat.rpartition(")")[2].split()
        ticks = int(fields[11]) + int(fields[12])  # user and system
        return fields[0], ticks / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        self._child.kill()
        self._child.join()
        self._pipe.close()

    def _start(self) -> None:
        self._pipe, end = multiprocessing.Pipe()
        self._child = _SPAWN.Process(target=_serve, args=(end, *self._arguments), daemon=True)
        self._child.start()
        end.close()
        if self._pipe.recv() != "ready":
            raise RuntimeError("the child process did not start")


def _serve(pipe: Connection, read: Read, warm_up: Path) -> None:
    with contextlib.suppress(Exception):  # it is reported for the first request
        read(warm_up)  # imports have no bound of time or memory
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    bound = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
    pipe.send("ready")
    while True:
        path = pipe.recv()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                answer = read(path)
        except TYPED as error:
            answer = f"{REFUSED}: {type(error).__name__}: {error}"
        except MemoryError:
            answer = f"more than {MEMORY / 2**30:g} GiB of memory"
        except Exception:
            answer = traceback.format_exc()
        pipe.send(answer)
