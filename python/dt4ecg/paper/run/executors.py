"""Where cells run: here, in processes of this machine, or on a Dask cluster."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection


class InProcess(Executor):
    """Runs each call when it is submitted, so that Ctrl-C and a debugger reach it."""

    def submit(self, fn, /, *args, **kwargs) -> Future:
        future: Future = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@contextmanager
def executor(jobs: int = 1, dask: str | None = None) -> Iterator[Executor]:
    """An executor of cells, closed at the end; what has not begun by then is cancelled.

    Parameters
    ----------
    jobs : int
        Processes of this machine; 1 runs in this one.
    dask : str, optional
        Address of a Dask scheduler, such as ``tcp://host:8786``; its workers need dt4ecg.

    Raises
    ------
    ImportError
        For ``dask`` without the package.
    OSError
        If no scheduler answers there.
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
    # Spawned: a fork of a process whose OpenMP threads have started may hang.
    context = multiprocessing.get_context("spawn")
    reader, writer = context.Pipe(duplex=False)
    pool = _Pools(
        lambda: ProcessPoolExecutor(jobs, context, initializer=_begin_worker, initargs=(reader,))
    )
    try:
        yield pool
    except BaseException:
        writer.close()  # nobody waits for the cells that have begun
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        writer.close()


class _Pools(Executor):
    """A pool of processes, and a new one when a killed process has broken it."""

    def __init__(self, make: Callable[[], ProcessPoolExecutor]):
        self._make = make
        self._pool = make()

    def submit(self, fn, /, *args, **kwargs) -> Future:
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
    """Processes started here ignore a terminal's Ctrl-C from their first moment: the run has it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _begin_worker(lifeline: Connection) -> None:
    """One thread for the work, and one that ends it when the run lets go or is killed."""
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
    os.environ["OMP_NUM_THREADS"] = "1"
    import torch

    torch.set_num_threads(1)


def _end_with(lifeline: Connection) -> None:
    lifeline.poll(None)
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
    with Client(address, timeout="10s") as client, client.get_executor() as found:
        yield found
