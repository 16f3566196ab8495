"""Find the folder of a data set on this machine."""

from __future__ import annotations

import os
from pathlib import Path

from dt4ecg.datasets.info import DatasetInfo


def user_cache() -> Path | None:
    """Return the folder that ``fetch`` fills, or None without pooch, which fetching needs."""
    try:
        import pooch
    except ImportError:
        return None
    return Path(pooch.os_cache("dt4ecg"))


def locate(info: DatasetInfo, path: str | os.PathLike[str] | None = None) -> Path:
    """Return the folder of a data set.

    Parameters
    ----------
    info : DatasetInfo
    path : path, optional
        The folder itself; default: ``$DT4ECG_DATA/<folder>``, else the one in the user cache.

    Raises
    ------
    FileNotFoundError
        If the set is in none of these places. The text lists them and says how to get the set.
    """
    if path is not None:
        places = [Path(path)]
    else:
        roots = [os.environ.get("DT4ECG_DATA"), user_cache()]
        places = [Path(root) / info.folder for root in roots if root]
    for place in places:
        if (place / info.marker).is_file():
            return place
    searched = ", ".join(str(place / info.marker) for place in places)
    where = f"looked for {searched}" if searched else "DT4ECG_DATA is not set"
    fetch = f"fetch it with: dt4ecg datasets fetch {info.name}; or " if info.source else ""
    raise FileNotFoundError(
        f"data set {info.name} not found ({where}); {fetch}"
        f"pass path=, the folder of {info.marker}, or set DT4ECG_DATA to the folder above it"
    )
