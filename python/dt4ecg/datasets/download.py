"""Download a published data set into the user cache."""

from __future__ import annotations

import errno
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Any

from dt4ecg.datasets.catalogue import DATASETS, dataset
from dt4ecg.datasets.info import DatasetInfo
from dt4ecg.datasets.locate import user_cache

CONNECTIONS = 4  # overlaps the round trips of hundreds of small files without loading the server


def fetch(
    name: str,
    base_url: str | None = None,
    progress: bool = True,
    checksums: Mapping[str, str] | None = None,
) -> Path:
    """Download a data set, unless it is in the user cache already, and verify every file.

    An interrupted call can be repeated: finished files are kept and verified.

    Parameters
    ----------
    name : str
        A data set that can be fetched: ``"motion-ecg"`` or ``"ecg-id"``.
    base_url : str, optional
        Address of a mirror with the same files; it ends in a slash.
    progress : bool, default True
        Show a progress bar.
    checksums : dict of path to SHA-256, optional
        Default: the list of the published set, which is part of this package.

    Returns
    -------
    Path
        Folder of the set in the user cache.

    Raises
    ------
    ValueError
        If the name is unknown, the set cannot be fetched, or a file is not the published one.
    OSError
        If the network or a file on the server is missing, the disk is full, or an incomplete
        folder of the set exists.
    ImportError
        If pooch is not installed.

    Examples
    --------
    >>> from dt4ecg.datasets import fetch
    >>> fetch("ecg-id").name  # doctest: +SKIP
    'ecgid'
    """
    info = dataset(name)
    source = info.source
    if source is None:
        raise ValueError(f"fetch: {name} has nothing to fetch; {_fetchable()}")
    cache = user_cache()
    if cache is None:
        raise ImportError('fetch: needs pooch; pip install "dt4ecg[datasets]"')
    folder = cache / info.folder
    if (folder / info.marker).is_file():
        return folder
    if folder.exists():
        raise FileExistsError(
            f"fetch: {folder} is there without its {info.marker}; remove it and run again"
        )
    checksums = dict(checksums) if checksums is not None else shipped_checksums(source.checksums)
    partial = folder.with_name(info.folder + ".partial")
    with _readable_disk_errors(info, cache):
        partial.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(partial).free
        if free < source.bytes:
            raise OSError(errno.ENOSPC, f"{free / 1e6:.0f} MB free")
        _download(info, base_url or source.base_url, checksums, partial, progress)
        _publish(info, partial, folder)
    return folder


def shipped_checksums(file: str) -> dict[str, str]:
    """Return the SHA-256 of each file of a published set, by path, from this package's list."""
    text = (resources.files("dt4ecg.datasets") / "checksums" / file).read_text(encoding="ascii")
    return {path: digest for digest, path in (line.split(maxsplit=1) for line in text.splitlines())}


def _download(
    info: DatasetInfo, base_url: str, checksums: Mapping[str, str], folder: Path, progress: bool
) -> None:
    import pooch
    import requests
    from tqdm import tqdm

    # Threads of pooch may collide when they create the same folder.
    for parent in {(folder / path).parent for path in checksums}:
        parent.mkdir(parents=True, exist_ok=True)
    store = pooch.create(
        path=folder,
        base_url=base_url,
        registry={path: f"sha256:{digest}" for path, digest in checksums.items()},
        retry_if_failed=1,
    )
    downloader = pooch.HTTPDownloader(timeout=30)
    with (
        _quiet(pooch.get_logger()),
        tqdm(total=len(checksums), desc=info.name, unit="file", disable=not progress) as bar,
        ThreadPoolExecutor(CONNECTIONS) as pool,
    ):
        jobs = {pool.submit(store.fetch, path, downloader=downloader): path for path in checksums}
        try:
            for job in as_completed(jobs):
                job.result()
                bar.update()
        except requests.RequestException as error:
            raise OSError(
                f"fetch: {info.name}: {base_url}{jobs[job]} cannot be downloaded ({error}); "
                "finished files are kept: run it again to go on, or pass base_url= of a mirror"
            ) from error
        except ValueError as error:
            raise ValueError(
                f"fetch: {info.name}: {base_url}{jobs[job]} is not the published file (wrong "
                "SHA-256); something on the way changed it: try again, or another network or mirror"
            ) from error
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _publish(info: DatasetInfo, partial: Path, folder: Path) -> None:
    """Turn the verified files into the folder of the set, which appears complete or not at all."""
    assert info.source is not None
    if info.source.convert is None:
        finished = partial
    else:
        finished = Path(tempfile.mkdtemp(prefix=info.folder, dir=partial.parent))
        try:
            info.source.convert(partial, finished)
        except BaseException:
            shutil.rmtree(finished)
            raise
    (finished / "SOURCE.txt").write_text(
        f"{info.title}\nCite: {info.citation}\nLicence: {info.licence}\n"
        f"From: {info.source.base_url}\n",
        encoding="utf-8",
    )
    os.replace(finished, folder)
    shutil.rmtree(partial, ignore_errors=True)


@contextmanager
def _readable_disk_errors(info: DatasetInfo, cache: Path) -> Iterator[None]:
    """Report the space that the data set needs if the disk is full."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        assert info.source is not None
        raise OSError(
            errno.ENOSPC,
            f"fetch: {info.name} needs {info.source.bytes / 1e6:.0f} MB in {cache} and the disk is "
            "full; free some space and run the command again (finished files are kept)",
        ) from error


@contextmanager
def _quiet(logger: Any) -> Iterator[None]:
    """Suppress pooch's log line for each file, which would break the progress bar."""
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)


def _fetchable() -> str:
    names = ", ".join(info.name for info in DATASETS.values() if info.source)
    return f"sets to fetch: {names}"
