"""A report as Markdown and as HTML."""

import html
import re

import pytest

from dt4ecg._common.document import Code, Grid, Heading, Picture, Text, to_html, to_markdown
from dt4ecg._common.text import literal

BLOCKS = (
    Heading("A & B", 1),
    Text("1 < 2, **strong** and `a < b`."),
    Code("x <y>"),
    Grid(("name", "k|N"), (("<svm>", "3/4"),)),
    Picture("figure-6", 'A "caption"', b"png"),
)


def test_markdown():
    assert to_markdown(BLOCKS) == (
        "# A & B\n\n1 < 2, **strong** and `a < b`.\n\n```\nx <y>\n```\n\n"
        "| name | k\\|N |\n| --- | --- |\n| \\<svm> | 3/4 |\n\n"
        '![A "caption"](figure-6.png)\n'
    )


def test_html_escapes_and_embeds():
    page = to_html(BLOCKS, "A & B")
    for part in (
        "<title>A &amp; B</title>",
        "<h1>A &amp; B</h1>",
        "<p>1 &lt; 2, <strong>strong</strong> and <code>a &lt; b</code>.</p>",
        "<pre>x &lt;y&gt;</pre>",
        "<table>\n<tr><th>name</th><th>k|N</th></tr>\n"
        "<tr><td>&lt;svm&gt;</td><td>3/4</td></tr>\n</table>",
        'alt="A &quot;caption&quot;" src="data:image/png;base64,cG5n"',
    ):
        assert part in page


NAMES = [
    "<script>x</script>",
    "a|b",
    "`<b>`",
    "**b** [c](d)",
    "a\\<b>",
    "x\ty\n\nz\x1b[31m",
    "_Ann_ __Bo__ ~~x~~ S01_rest",
    "&lt;b&gt; &#60;b> A & B",
    "$\\frac{$ https://x.y www.z.com <http://x.y>",
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("block", ["text", "heading", "cell", "strong"])
def test_a_name_from_a_file_is_literal_in_markdown(name, block):
    """A parser of Markdown finds no tag and no markup in it."""
    markdown = pytest.importorskip("markdown_it")
    text = literal(name)
    blocks = {
        "text": Text(text),
        "heading": Heading(text),
        "cell": Grid(("name",), ((text,),)),
        "strong": Text(f"**{text}**"),
    }
    parser = markdown.MarkdownIt("commonmark").enable(["table", "strikethrough"])
    page = parser.render(to_markdown([blocks[block]]))
    shown = name.replace("\t", r"\x09").replace("\n", r"\x0a").replace("\x1b", r"\x1b")
    assert html.unescape(re.sub("<[^>]*>", "", page)).split("\n")[-2 if block != "cell" else -5]
    assert shown in html.unescape(page)
    assert "<script" not in page
    assert "<b>" not in page
    assert not re.search("<(a|em|s)[ >]", page)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_from_a_file_is_literal_in_html(name):
    text = literal(name)
    page = to_html([Text(f"{text} and **{text}**"), Picture("figure-6", text, b"png")], "Title")
    body = page.partition("<body>")[2]
    assert set(re.findall("<([a-z]+)", body)) == {"p", "strong", "figure", "img", "figcaption"}
    shown = html.escape(name).replace("\t", r"\x09").replace("\n", r"\x0a")
    assert body.count(shown.replace("\x1b", r"\x1b")) == 4


def test_code_ends_only_at_its_end():
    page = to_markdown([Code("a\n```\n<b>\x1b")])
    assert page == "````\na\n```\n<b>\\x1b\n````\n"
