"""Tables as data frames and as HTML for notebooks."""

from __future__ import annotations

import html
import math
import numbers
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from dt4ecg._common.text import printable

if TYPE_CHECKING:
    import pandas

Columns = Mapping[
    str, Sequence[Any] | NDArray[Any]
]  # equally long columns of a table by their names


def frame(columns: Columns) -> pandas.DataFrame:
    """Return a table as a data frame.

    Raises
    ------
    ImportError
        If pandas is not installed.

    Examples
    --------
    >>> from dt4ecg._common.tables import frame
    >>> frame({"part": ["train", "test"], "n": [7, 3]})
        part  n
    0  train  7
    1   test  3
    """
    try:
        import pandas
    except ImportError as error:
        raise ImportError('to_frame: needs pandas; pip install "dt4ecg[pandas]"') from error
    return pandas.DataFrame(dict(columns))


def html_table(title: str, columns: Columns) -> str:
    """Return a table with a title and a header as HTML; all text is escaped.

    Examples
    --------
    >>> from dt4ecg._common.tables import html_table
    >>> "<td" in html_table("parts", {"part": ["train", "test"], "n": [7, 3]})
    True
    """
    header = "".join(_cell("th", name) for name in columns)
    rows = (
        "".join(_cell("td", value) for value in row) for row in zip(*columns.values(), strict=True)
    )
    return _table(title, [header, *rows])


def html_facts(title: str, facts: Mapping[str, Any]) -> str:
    """Return named facts as HTML, one row for each; all text is escaped.

    Examples
    --------
    >>> from dt4ecg._common.tables import html_facts
    >>> "&lt;b&gt;" in html_facts("segments", {"name": "<b>"})
    True
    """
    return _table(title, [_cell("th", name) + _cell("td", fact) for name, fact in facts.items()])


def _table(title: str, rows: Sequence[str]) -> str:
    # Notebooks style this class, in light and dark themes; so no colour is set here.
    lines = "".join(f"<tr>{row}</tr>" for row in rows)
    return (
        f'<div style="overflow-x:auto"><strong>{_escape(title)}</strong>'
        f'<table class="dataframe"><tbody>{lines}</tbody></table></div>'
    )


def _cell(tag: str, value: Any) -> str:
    aligned = "right" if isinstance(value, numbers.Real) else "left"
    return f'<{tag} style="text-align:{aligned}">{_escape(_text(value))}</{tag}>'


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {part}" for key, part in value.items())
    if isinstance(value, numbers.Real) and not isinstance(value, numbers.Integral):
        value = None if math.isnan(value) else f"{float(value):.4g}"
    return "unknown" if value is None else str(value)


def _escape(text: str) -> str:
    # Notebooks typeset what lies between two dollar signs of one element as mathematics.
    return html.escape(printable(text)).replace("$", "<span>$</span>")
