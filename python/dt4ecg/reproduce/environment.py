"""Where a cell was computed: versions, processor family and, in a checkout, the commit."""

from __future__ import annotations

import platform
import subprocess
from functools import lru_cache
from pathlib import Path

import numpy as np

import dt4ecg


@lru_cache(maxsize=1)
def environment() -> dict[str, str]:
    """Versions that a result may depend on; every cell runs on one thread."""
    facts = dt4ecg.build_info() | {"threads": "1"}
    facts |= {"numpy": np.__version__, "machine": platform.machine()}
    commit = _commit()
    return facts | ({"commit": commit} if commit else {})


def _commit() -> str:
    """Commit of the sources that run, with "-dirty" after changes; "" outside a checkout."""
    folder = Path(__file__).parent

    def git(*arguments: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, text=True, timeout=10
        )
        return done.stdout.strip() if done.returncode == 0 else ""

    try:
        # An environment may lie in somebody else's repository, which does not track these files.
        tracked = git("ls-files", "--error-unmatch", "__init__.py")
        return git("describe", "--always", "--dirty", "--abbrev=12") if tracked else ""
    except (OSError, subprocess.TimeoutExpired):
        return ""
