"""The findings that a report is made of, without its outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dt4ecg._common.text import printable
from dt4ecg.runs.reporting.errors import ConfidentError
from dt4ecg.runs.reporting.methods import Methods
from dt4ecg.runs.reporting.scores import TaskScores

if TYPE_CHECKING:
    from dt4ecg.datasets import SegmentSet
    from dt4ecg.protocols import LeakReport, Split


@dataclass(frozen=True, eq=False, repr=False)
class Contents:
    """The findings about a model on the test part; :class:`RunReport` describes them."""

    data: SegmentSet
    split: Split
    leaks: LeakReport
    scores: Mapping[str, TaskScores]
    errors: Mapping[str, Sequence[ConfidentError]]
    history: Any
    methods: Methods
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Data, protocol and seed in one line."""
        name = printable(self.data.name or "segments")
        simulated = " (simulated)" if self.data.simulated else ""
        return f"{name}{simulated}, protocol {self.split.protocol}, seed {self.split.seed}"
