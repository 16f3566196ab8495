"""The report of a run as an object, with its outputs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dt4ecg._common import document
from dt4ecg._common.tables import frame, html_table
from dt4ecg.runs.reporting import card, latex, page
from dt4ecg.runs.reporting.contents import Contents
from dt4ecg.storage.container import write_bytes

if TYPE_CHECKING:
    import pandas


PREFIX = "report"


@dataclass(frozen=True, eq=False, repr=False)
class RunReport(Contents):
    """The report of a model on the test part of its data.

    Attributes
    ----------
    data : SegmentSet
    split : Split
    leaks : LeakReport
        What the test part shares with the training part.
    scores : dict of str to TaskScores
        For each scored task: ``scores`` (accuracy with Wilson's interval, F1, confusion matrix),
        ``interval`` (bootstrap over ``unit``), ``unit``, ``n_units``, ``chance`` (accuracy of the
        most frequent label) and ``untrained`` (segments with a label that was never trained).
    errors : dict of str to list of ConfidentError
        Wrong predictions of each task, the most confident first: ``segment``, ``recording``,
        ``start`` in s, ``true``, ``predicted`` and ``confidence``.
    history : History or None
        The training by epoch; None if the model file has none.
    methods : Methods
        The methods paragraph ``text`` and the cited ``works``.
    environment : dict of str to str
        Versions and processor of the training.

    See Also
    --------
    report : Makes this report.

    Examples
    --------
    See :func:`report`:

    >>> from dt4ecg import runs
    >>> [name for name in dir(runs.RunReport) if name.startswith("to_")]
    ['to_dict', 'to_frame', 'to_html', 'to_latex', 'to_markdown']
    """

    def __repr__(self) -> str:
        return f"RunReport({self.title}: {', '.join(self.scores) or 'no task'} scored)"

    @cached_property
    def _blocks(self) -> list[document.Block]:
        return page.blocks(self)

    def to_html(self) -> str:
        """Return the report as one HTML page that contains its pictures.

        Texts of the data are escaped, so that they have no effect in a browser.

        Examples
        --------
        >>> from dt4ecg import DT4ECGClassifier, datasets, protocols, runs
        >>> data = datasets.from_recordings(datasets.simulate_cohort(subjects=2, seconds=15))
        >>> split = protocols.split(data, "blocked")
        >>> fitted = DT4ECGClassifier(epochs=1).fit(data.X, data.labels)
        >>> page = runs.report(fitted, data, split).to_html()
        >>> page.count("<img "), page.splitlines()[0]
        (5, '<!doctype html>')
        """
        return document.to_html(self._blocks, f"Report: {self.title}")

    def to_markdown(self) -> str:
        """Return the report as Markdown, which refers to the pictures that :meth:`save` writes.

        Examples
        --------
        >>> from dt4ecg import DT4ECGClassifier, datasets, protocols, runs
        >>> data = datasets.from_recordings(datasets.simulate_cohort(subjects=2, seconds=15))
        >>> split = protocols.split(data, "blocked")
        >>> fitted = DT4ECGClassifier(epochs=1).fit(data.X, data.labels)
        >>> runs.report(fitted, data, split).to_markdown().splitlines()[0]
        '# Report: segments, protocol blocked, seed 0'
        """
        return document.to_markdown(self._blocks)

    def to_latex(self) -> str:
        r"""Return the table of scores (package booktabs), the methods and the cited works as LaTeX.

        Examples
        --------
        >>> from dt4ecg import DT4ECGClassifier, datasets, protocols, runs
        >>> data = datasets.from_recordings(datasets.simulate_cohort(subjects=2, seconds=15))
        >>> split = protocols.split(data, "blocked")
        >>> fitted = DT4ECGClassifier(epochs=1).fit(data.X, data.labels)
        >>> runs.report(fitted, data, split).to_latex().splitlines()[0]
        '\\begin{table}'
        """
        # The title says whether the signals are simulated.
        caption = f"Scores of the test part: {self.title}."
        return latex.to_latex(caption, self.scores, self.methods)

    def to_frame(self) -> pandas.DataFrame:
        """Return the scores as a data frame with one row for each task.

        Raises
        ------
        ImportError
            If pandas is not installed.

        Examples
        --------
        >>> from dt4ecg import DT4ECGClassifier, datasets, protocols, runs
        >>> data = datasets.from_recordings(datasets.simulate_cohort(subjects=2, seconds=15))
        >>> split = protocols.split(data, "blocked")
        >>> fitted = DT4ECGClassifier(epochs=1).fit(data.X, data.labels)
        >>> runs.report(fitted, data, split).to_frame().columns[:3].tolist()
        ['accuracy', 'correct', 'n']
        """
        return frame(self._columns()).set_index("task")

    def to_dict(self) -> dict[str, Any]:
        """Return scores, errors, methods and environment as plain numbers and texts, for JSON.

        Examples
        --------
        >>> from dt4ecg import DT4ECGClassifier, datasets, protocols, runs
        >>> data = datasets.from_recordings(datasets.simulate_cohort(subjects=2, seconds=15))
        >>> split = protocols.split(data, "blocked")
        >>> fitted = DT4ECGClassifier(epochs=1).fit(data.X, data.labels)
        >>> sorted(runs.report(fitted, data, split).to_dict()["scores"])
        ['activity', 'identity']
        """
        leaks = asdict(self.leaks)
        return {
            "data": card.facts(self.data),
            "simulated": self.data.simulated,
            "protocol": self.split.protocol,
            "seed": self.split.seed,
            "n_train": len(self.split.train),
            "n_validation": len(self.split.validation),
            "n_test": len(self.split.test),
            "leaks": leaks,
            "scores": {
                task: {
                    **found.scores.to_dict(),
                    "bootstrap_interval": found.interval,
                    "bootstrap_unit": found.unit,
                    "n_units": found.n_units,
                    "chance": found.chance,
                    "untrained": found.untrained,
                }
                for task, found in self.scores.items()
            },
            "errors": {task: [asdict(e) for e in found] for task, found in self.errors.items()},
            "methods": self.methods.text,
            "references": list(self.methods.works.values()),
            "environment": dict(self.environment),
        }

    def save(self, folder: str | Path) -> list[Path]:
        """Write report.html, report.md with its pictures, and report.tex.

        Parameters
        ----------
        folder : path
            An existing folder; earlier reports in it are replaced.

        Returns
        -------
        list of Path
            The files, the HTML page first.

        Raises
        ------
        OSError
            If the folder does not exist or cannot be written.

        Examples
        --------
        >>> from dt4ecg import DT4ECGClassifier, datasets, protocols, runs
        >>> data = datasets.from_recordings(datasets.simulate_cohort(subjects=2, seconds=15))
        >>> split = protocols.split(data, "blocked")
        >>> fitted = DT4ECGClassifier(epochs=1).fit(data.X, data.labels)
        >>> import tempfile
        >>> files = runs.report(fitted, data, split).save(tempfile.mkdtemp())
        >>> [file.name for file in files[:3]]
        ['report.html', 'report.md', 'report.tex']
        """
        target = Path(folder)
        if not target.is_dir():
            raise NotADirectoryError(f"save: {target} is not a folder; make it first")
        pictures = [block for block in self._blocks if isinstance(block, document.Picture)]
        files = {
            f"{PREFIX}.html": self.to_html().encode(),
            f"{PREFIX}.md": self.to_markdown().encode(),
            f"{PREFIX}.tex": self.to_latex().encode(),
            **{f"{picture.name}.png": picture.png for picture in pictures},
        }
        for name, content in files.items():
            write_bytes(target / name, content)
        return [target / name for name in files]

    def _columns(self) -> dict[str, list[Any]]:
        rows = self.scores.values()
        lows, highs = (
            [None if found.interval is None else found.interval[end] for found in rows]
            for end in (0, 1)
        )
        return {
            "task": list(self.scores),
            "accuracy": [found.scores.accuracy for found in rows],
            "correct": [found.scores.correct for found in rows],
            "n": [found.scores.n for found in rows],
            "wilson_low": [found.scores.interval[0] for found in rows],
            "wilson_high": [found.scores.interval[1] for found in rows],
            "bootstrap_low": lows,
            "bootstrap_high": highs,
            "bootstrap_unit": [found.unit for found in rows],
            "n_units": [found.n_units for found in rows],
            "f1_macro": [found.scores.f1_macro for found in rows],
            "chance": [found.chance for found in rows],
        }

    def _repr_html_(self) -> str:
        return html_table(f"Report: {self.title}", self._columns())
