"""Time of `import dt4ecg` compared with `import torch`, each in a process of its own."""

import subprocess
import sys
from collections.abc import Iterator
from functools import partial

from benchmarks.measuring import Row, Settings, medians


def run(settings: Settings) -> Iterator[Row]:
    times = medians(
        {
            statement: partial(subprocess.run, [sys.executable, "-c", statement], check=True)
            for statement in ("import dt4ecg", "import torch")
        },
        settings.repeats(11),
    )
    yield Row(
        "import dt4ecg",
        "import torch",
        settings.threads,
        times["import dt4ecg"],
        times["import torch"],
    )
