"""The environment of a cell: versions, processor and, in a checkout, the commit."""

from __future__ import annotations

import subprocess
from functools import lru_cache
from pathlib import Path

import numpy as np

import dt4ecg

_SOURCES = (":/python", ":/cpp", ":/CMakeLists.txt", ":/pyproject.toml")


@lru_cache(maxsize=1)
def environment() -> dict[str, str]:
    """Return the facts that a result may depend on. Every cell runs on one thread."""
    facts = dt4ecg.build_info() | {"threads": "1", "numpy": np.__version__}
    commit = _commit()
    return facts | ({"commit": commit} if commit else {})


def _commit() -> str:
    """Return the commit of the running sources, with "-dirty" if they differ from it.

    The text is empty outside a checkout.
    """
    folder = Path(__file__).parent

    def git(*arguments: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, text=True, timeout=10
        )
        return done.stdout.strip() if done.returncode == 0 else ""

    try:
        # The package may be installed inside another repository, which does not track these files.
        tracked = git("ls-files", "--error-unmatch", "__init__.py")
        if not tracked:
            return ""
        # git describe --dirty would also report changes of finished cells, which are not sources.
        changed = git("diff", "--name-only", "HEAD", "--", *_SOURCES)
        return git("rev-parse", "--short=12", "HEAD") + ("-dirty" if changed else "")
    except (OSError, subprocess.TimeoutExpired):
        return ""
