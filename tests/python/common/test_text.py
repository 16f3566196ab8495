"""Texts from files do not control a terminal, a table or a report."""

import unicodedata

import pytest

from dt4ecg._common.text import literal, printable, printable_lines, shortened


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ann, Łukasz, 王芳, 😀", "Ann, Łukasz, 王芳, 😀"),
        ("\x1b[31mred\x1b]0;title\x07", r"\x1b[31mred\x1b]0;title\x07"),
        ("a\tb\nc\r", r"a\x09b\x0ac\x0d"),
        ("\x9b2J", r"\x9b2J"),  # an escape sequence of one byte
        ("Ann\u202egnp", r"Ann\u202egnp"),  # writes from right to left
        ("\ud800", r"\ud800"),  # half of a character, which no file can hold
        ("\U000e0041", r"\U000e0041"),
        (7, "7"),
    ],
)
def test_unprintable_characters_become_escapes(text, shown):
    assert printable(text) == shown


def test_no_control_or_format_character_is_left():
    every = "".join(map(chr, range(0x110000)))
    kinds = {unicodedata.category(character) for character in set(printable(every))}
    assert not kinds & {"Cc", "Cf", "Cs", "Zl", "Zp"}


def test_lines_stay_lines():
    assert printable_lines("a\tb\nc\x85") == "a\\x09b\nc\\x85"


def test_a_long_text_ends_with_an_ellipsis():
    assert shortened("abcd", 4) == "abcd"
    assert shortened("abcde", 4) == "abc…"
    assert shortened("\n\n", 6) == r"\x0a\…"


def test_markup_is_literal():
    assert literal("_a_ ~~b~~ __c_d__") == r"\_a\_ \~\~b\~\~ \_\_c_d\_\_"
    assert literal("$\\frac{$ &lt; &#60; R&D; A & B") == r"\$\\frac{\$ \&lt; \&#60; R\&D; A & B"
    assert literal("http://x.y www.z.com a:b 1.5") == r"http\://x.y www\.z.com a:b 1.5"
    assert literal("`a` **b** [c](d) \\") == r"\`a\` \*\*b\*\* \[c](d) \\"
