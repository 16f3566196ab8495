"""The scores and the methods of a report as LaTeX."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dt4ecg._common.text import printable
from dt4ecg.runs.reporting.references import with_commands

if TYPE_CHECKING:
    from dt4ecg.runs.reporting.methods import Methods
    from dt4ecg.runs.reporting.scores import TaskScores

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    **{character: f"\\{character}" for character in "&%$#_"},
}


def escaped(text: object) -> str:
    r"""Return a text in which no character is a command of LaTeX.

    Examples
    --------
    >>> print(escaped("50 % of A_1 & \\input{B}"))
    50 \% of A\_1 \& \textbackslash{}input\{B\}
    """
    return "".join(_SPECIAL.get(character, character) for character in printable(text))


def to_latex(caption: str, scores: Mapping[str, TaskScores], methods: Methods) -> str:
    """Return a table of the package booktabs, the methods paragraph and the bibliography."""
    lines = [
        r"\begin{table}",
        r"\centering",
        rf"\caption{{{escaped(caption)}}}",
        r"\begin{tabular}{lrrrrrr}",
        r"\toprule",
        r"task & accuracy (\%) & $k/N$ & Wilson 95 \% & bootstrap 95 \% & macro F1 & "
        r"most frequent (\%) \\",
        r"\midrule",
    ]
    for task, found in scores.items():
        cells = [
            escaped(task),
            f"{100 * found.scores.accuracy:.1f}",
            f"{found.scores.correct}/{found.scores.n}",
            _interval(found.scores.interval),
            _interval(found.interval),
            f"{found.scores.f1_macro:.3f}",
            f"{100 * found.chance:.1f}",
        ]
        lines.append(" & ".join(cells) + r" \\")
    lines += [r"\bottomrule", r"\end{tabular}", r"\end{table}", ""]
    lines += [rf"\paragraph{{Methods}} {_marked(methods.marked)}", ""]
    lines += [r"\begin{thebibliography}{99}"]
    lines += [rf"\bibitem{{{key}}} {escaped(work)}." for key, work in methods.works.items()]
    return "\n".join([*lines, r"\end{thebibliography}", ""])


def _interval(ends: tuple[float, float] | None) -> str:
    return "--" if ends is None else f"{100 * ends[0]:.1f}--{100 * ends[1]:.1f}"


def _marked(text: str) -> str:
    """Escape a paragraph, but keep the marks of its citations."""
    parts = text.split("{cite:")
    shown = escaped(parts[0])
    for part in parts[1:]:
        key, _, rest = part.partition("}")
        shown += f"{{cite:{key}}}" + escaped(rest)
    return with_commands(shown)
