"""Tables become data frames, and HTML whose text cannot act as markup."""

import re
import sys
from html.parser import HTMLParser

import pytest

from dt4ecg._common.tables import frame, html_facts, html_table


class Cells(HTMLParser):
    """The tags of a text, and the text of title and cells, as a browser reads them."""

    def __init__(self, text: str):
        super().__init__()
        self.tags: list[str] = []
        self.cells: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag in ("strong", "th", "td"):
            self.cells.append("")

    def handle_data(self, data):
        if self.cells:
            self.cells[-1] += data


def test_a_frame_has_the_columns_in_their_order():
    found = frame({"part": ["train", "test"], "n": [7, 3]})
    assert list(found) == ["part", "n"]
    assert found["n"].tolist() == [7, 3]


def test_without_pandas_the_error_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r'pip install "dt4ecg\[pandas\]"'):
        frame({})


def test_a_table_holds_header_and_values():
    found = Cells(html_table("parts", {"part": ["train", "test"], "n": [7, 3], "p": [0.7, None]}))
    assert found.cells == ["parts", "part", "n", "p", "train", "7", "0.7", "test", "3", "unknown"]
    assert found.tags.count("tr") == 3


def test_facts_are_rows_of_name_and_value():
    facts = {"segments": 7, "rate": 1e-5, "f": float("nan"), "tasks": {"a": 2, "b": 3}}
    assert Cells(html_facts("set", facts)).cells == [
        "set",
        *("segments", "7"),
        *("rate", "1e-05"),
        *("f", "unknown"),
        *("tasks", "a: 2, b: 3"),
    ]


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "a & b", '"><b>', "'", "&lt;"])
def test_text_of_strangers_is_shown_as_it_is(text):
    found = Cells(html_table(text, {text: [text]}) + html_facts(text, {text: text}))
    assert set(found.tags) == {"div", "strong", "table", "tbody", "tr", "th", "td"}
    assert found.cells == [text] * 6


def test_no_two_dollar_signs_share_an_element():
    html = html_table("$x$", {"$a$ $": ["1 $ and 2 $"]})
    assert html.count("$") == 7
    assert not re.search(r"\$[^<>]*\$", html)


def test_the_colours_are_those_of_the_theme():
    html = html_table("t", {"a": [1]})
    assert "background" not in html
    assert not re.search(r'[";]color:', html)


def test_control_characters_are_shown_as_codes():
    html = html_table("a\x1b[31m", {"b": ["c\u202e"]})
    assert "\x1b" not in html
    assert "\u202e" not in html
