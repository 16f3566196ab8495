"""Executors of cells: this process, processes of this machine, or a Dask cluster."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")


class InProcess(Executor):
    """Runs each call when it is submitted, so that Ctrl-C and a debugger reach it.

    Examples
    --------
    >>> from dt4ecg.paper.run.executors import InProcess
    >>> InProcess().submit(pow, 2, 3).result()
    8
    """

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run ``fn(*args, **kwargs)`` and return its finished future."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@contextmanager
def executor(jobs: int = 1, dask: str | None = None) -> Iterator[Executor]:
    """Return an executor of cells as a context manager.

    The executor is closed at the end of the context. Cells that have not started are cancelled.

    Parameters
    ----------
    jobs : int, default 1
        Number of processes on this machine; 1 means the current process.
    dask : str, optional
        Address of a Dask scheduler, such as ``tcp://host:8786``. Its workers need dt4ecg.

    Yields
    ------
    concurrent.futures.Executor

    Raises
    ------
    ImportError
        ``dask`` is given, but the package distributed is not installed.
    OSError
        No scheduler answers at the address.

    Examples
    --------
    >>> from dt4ecg.paper.run.executors import executor
    >>> with executor(jobs=1) as chosen:
    ...     chosen.submit(pow, 2, 3).result()
    8
    """
    if dask is not None:
        with _dask(dask) as found:
            yield found
    elif jobs == 1:
        yield InProcess()
    else:
        with _processes(jobs) as found:
            yield found


@contextmanager
def _processes(jobs: int) -> Iterator[Executor]:
    # A forked child has one thread, and copies the locks of all threads of this process.
    context = multiprocessing.get_context("spawn")
    reader, writer = context.Pipe(duplex=False)
    pool = _Pools(
        lambda: ProcessPoolExecutor(jobs, context, initializer=_begin_worker, initargs=(reader,))
    )
    try:
        yield pool
    except BaseException:
        writer.close()  # ends the workers at once: their results are not needed
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        writer.close()


class _Pools(Executor):
    """A pool of processes that is replaced when a killed process has broken it."""

    def __init__(self, make: Callable[[], ProcessPoolExecutor]):
        self._make = make
        self._pool = make()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        with _without_interrupts():
            try:
                return self._pool.submit(fn, *args, **kwargs)
            except BrokenExecutor:
                self._pool = self._make()
                return self._pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._pool.shutdown(wait, cancel_futures=cancel_futures)


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Let processes that start in this context ignore Ctrl-C, which the run handles."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _begin_worker(lifeline: Connection) -> None:
    """Limit a worker to one thread, and end it when the run ends or is killed."""
    threading.Thread(target=_exit_with_the_run, args=(lifeline,), daemon=True).start()
    os.environ["OMP_NUM_THREADS"] = "1"
    import torch

    torch.set_num_threads(1)


def _exit_with_the_run(lifeline: Connection) -> None:
    lifeline.poll(None)  # returns when the other end of the pipe is closed
    os._exit(1)


@contextmanager
def _dask(address: str) -> Iterator[Executor]:
    try:
        from distributed import Client
    except ImportError:
        raise ImportError(
            '--dask: needs Dask; install it with: pip install "dt4ecg[dask]", or pip install '
            "distributed"
        ) from None
    with (
        Client(address, timeout="10s") as client,  # type: ignore[no-untyped-call]
        client.get_executor() as found,
    ):
        yield cast(Executor, found)
