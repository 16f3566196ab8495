"""Which tests execute which lines of the package, and how long each test takes."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "python" / "dt4ecg"
MAP = ROOT / "build" / "mutation" / "map.json"


class Recorder:
    """A pytest plugin that records lines and seconds of each test."""

    def __init__(self, coverage: Any) -> None:
        self.coverage = coverage
        self.seconds: dict[str, float] = {}
        self.failed: set[str] = set()

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.coverage.switch_context(nodeid)

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0.0) + report.duration
        if report.failed or report.skipped:
            self.failed.add(report.nodeid)


def record(arguments: list[str]) -> None:
    """Run tests once and add their lines to the map."""
    import coverage
    import pytest

    measured = coverage.Coverage(source=[str(PACKAGE)], data_file=None)
    recorder = Recorder(measured)
    measured.start()
    pytest.main(["-q", "-p", "no:cacheprovider", *arguments], plugins=[recorder])
    measured.stop()
    data = measured.get_data()
    stored = load()
    for file in data.measured_files():
        lines: dict[str, list[str]] = stored["lines"].setdefault(
            str(Path(file).relative_to(PACKAGE)), {}
        )
        for line, contexts in data.contexts_by_lineno(file).items():
            tests = {test for test in contexts if test and test not in recorder.failed}
            lines[str(line)] = sorted(tests | set(lines.get(str(line), ())))
    stored["seconds"] |= recorder.seconds
    MAP.parent.mkdir(parents=True, exist_ok=True)
    MAP.write_text(json.dumps(stored))


def load() -> dict[str, Any]:
    """Return {"lines": {file: {line: [test, ...]}}, "seconds": {test: seconds}}."""
    if not MAP.exists():
        return {"lines": {}, "seconds": {}}
    stored: dict[str, Any] = json.loads(MAP.read_text())
    return stored


if __name__ == "__main__":
    record(sys.argv[1:])
