"""Show texts from files, such as labels and names, without the effects of special characters.

Labels, file names and notes may come from anyone. A terminal obeys escape sequences, a tab adds a
column to a table, and reports have a markup of their own.
"""

import re

# An underscore inside a word, and an ampersand that starts no entity, have no effect.
_MARKUP = re.compile(
    r"[\\`*\[~$]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)|:(?=//)|(?<=\bwww)\.", re.IGNORECASE
)


def printable(text: object) -> str:
    r"""Return a text on one line, with each unprintable character as an escape.

    Examples
    --------
    >>> print(printable("Ann\tB\x1b[31m"))
    Ann\x09B\x1b[31m
    """
    return "".join(c if c.isprintable() else _escape(c) for c in str(text))


def printable_lines(text: object) -> str:
    r"""Return a text of several lines, with each other unprintable character as an escape.

    Examples
    --------
    >>> print(printable_lines("line 2: a\x07\nline 3: b"))
    line 2: a\x07
    line 3: b
    """
    return "\n".join(map(printable, str(text).split("\n")))


def shortened(text: object, most: int) -> str:
    """Return a printable text of at most ``most`` characters.

    Examples
    --------
    >>> shortened("climbing the stairs", 12)
    'climbing th…'
    """
    shown = printable(text)
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def literal(text: object) -> str:
    r"""Return a printable text for a report, in which no character starts Markdown's markup.

    This includes the formulas, deleted texts and links without brackets of GitHub. Reports escape
    ``<`` and ``|`` themselves, where these have a meaning.

    Examples
    --------
    >>> print(literal("**Ann** [x](y)"))
    \*\*Ann\*\* \[x](y)
    """
    return _MARKUP.sub(r"\\\g<0>", printable(text))


def _escape(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
