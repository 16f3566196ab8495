"""Where cells run: here, in processes of this machine, or on a Dask cluster."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager


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
        # Spawned: a fork of a process whose OpenMP threads have started may hang.
        pool = ProcessPoolExecutor(
            jobs, multiprocessing.get_context("spawn"), initializer=_worker_of_one_thread
        )
        try:
            yield pool
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _worker_of_one_thread() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:  # a killed one cannot stop its workers, which would wait for ever
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()
    os.environ["OMP_NUM_THREADS"] = "1"
    import torch

    torch.set_num_threads(1)


def _follow(parent) -> None:
    parent.join()
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
