"""A report as Markdown and as HTML."""

from dt4ecg.paper.report.document import Code, Grid, Heading, Picture, Text, to_html, to_markdown

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
        "| name | k\\|N |\n| --- | --- |\n| <svm> | 3/4 |\n\n"
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
