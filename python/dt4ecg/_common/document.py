"""The blocks of a report, and their rendering as Markdown and HTML.

A text can contain `code` and **strong**. A backslash makes the next character literal; see
:func:`dt4ecg._common.text.literal`. HTML in a text is shown, and has no effect.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass

from dt4ecg._common.text import printable, printable_lines


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is the title of the report."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True)
class Code:
    """Literal lines."""

    text: str


@dataclass(frozen=True)
class Grid:
    """A table. Every row has as many texts as the head."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Picture:
    """A figure, which is the file ``name``.png in the folder of the report."""

    name: str
    caption: str
    png: bytes


Block = Heading | Text | Code | Grid | Picture

_STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;
color:#222}table{border-collapse:collapse;margin:1rem 0;display:block;overflow-x:auto}th,td{padding:
.3rem .7rem;border-bottom:1px solid #ddd;text-align:left;vertical-align:top;font-size:.9rem}th{
border-bottom:2px solid #888}pre{background:#f5f5f5;padding:.7rem;overflow-x:auto}code{background:
#f5f5f5}img{max-width:100%}figure{margin:1rem 0}figcaption{font-size:.9rem;color:#555}"""


def to_markdown(blocks: Sequence[Block]) -> str:
    """Return the blocks as Markdown, with figures as links.

    Examples
    --------
    >>> print(to_markdown([Heading("Title", 1), Text("A **strong** word.")]))
    # Title
    <BLANKLINE>
    A **strong** word.
    <BLANKLINE>
    """
    return "\n\n".join(_markdown(block) for block in blocks) + "\n"


def to_html(blocks: Sequence[Block], title: str) -> str:
    """Return the blocks as one HTML page, with figures embedded in it.

    Examples
    --------
    >>> page = to_html([Text("A **strong** word.")], title="Title")
    >>> "<p>A <strong>strong</strong> word.</p>" in page
    True
    """
    body = "\n".join(_html(block) for block in blocks)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{html.escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _markdown(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"{'#' * level} {_without_tags(printable(text))}"
        case Text(text):
            return _without_tags(printable_lines(text))
        case Code(text):
            longest = max(map(len, re.findall("`+", text)), default=0)
            fence = "`" * max(3, longest + 1)
            return f"{fence}\n{printable_lines(text)}\n{fence}"
        case Grid(head, rows):
            lines = [head, ("---",) * len(head), *rows]
            return "\n".join("| " + " | ".join(map(_markdown_cell, line)) + " |" for line in lines)
        case Picture(name, caption):
            return f"![{_without_tags(printable(caption))}]({name}.png)"


def _markdown_cell(text: str) -> str:
    return _without_tags(printable(text)).replace("|", r"\|")


def _without_tags(text: str) -> str:
    """Escape each ``<`` that would start a tag. In code, it has no effect."""
    kept = r"(?P<kept>\\.|`[^`]*`)"  # an escaped character, or code
    return re.sub(kept + "|<(?=[A-Za-z/!?])", lambda found: found["kept"] or r"\<", text)


def _html(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"<h{level}>{_inline(text)}</h{level}>"
        case Text(text):
            return f"<p>{_inline(text)}</p>"
        case Code(text):
            return f"<pre>{html.escape(printable_lines(text))}</pre>"
        case Grid(head, rows):
            top = "".join(f"<th>{_inline(cell)}</th>" for cell in head)
            lines = "\n".join(
                "<tr>" + "".join(f"<td>{_inline(cell)}</td>" for cell in row) + "</tr>"
                for row in rows
            )
            return f"<table>\n<tr>{top}</tr>\n{lines}\n</table>"
        case Picture(_, caption, png):
            source = base64.b64encode(png).decode()
            words = _inline(caption)
            shown = re.sub("<[^>]*>", "", words)  # an attribute has no tags
            return (
                f'<figure><img alt="{shown}" src="data:image/png;base64,{source}">'
                f"<figcaption>{words}</figcaption></figure>"
            )


_MARKUP = re.compile(
    r"\\(?P<literal>&amp;|[\\`*\[_~$:.])|`(?P<code>[^`]+)`|\*\*(?P<strong>(?:\\.|[^*\\])+)\*\*"
)


def _inline(text: str) -> str:
    return _MARKUP.sub(_tagged, html.escape(printable_lines(text)))


def _tagged(found: re.Match[str]) -> str:
    if found["literal"]:
        return found["literal"]
    if found["code"]:
        return f"<code>{found['code']}</code>"
    return f"<strong>{_MARKUP.sub(_tagged, found['strong'])}</strong>"
