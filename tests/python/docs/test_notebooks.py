"""The notebooks are committed as a reader should find them, and the page of notebooks lists them.

``pytest --nbmake notebooks`` runs them; these tests look at the files alone.
"""

import ast
import base64
import json
import re
import struct

import pytest
from support.pages import DOCS, ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MOST_BYTES = 400_000
MOST_LINES = 40  # of a code cell; the suites of pytest are text in a cell
PAGE = (DOCS / "notebooks.md").read_text(encoding="utf-8")
MACHINE_PATH = re.compile(r"/(?:home|work|root|Users|venv|site-packages)/|[A-Z]:\\\\Users")


def cells(path, kind):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return [cell for cell in notebook["cells"] if cell["cell_type"] == kind]


def source(cell):
    return "".join(cell["source"])


def outputs(path):
    return [output for cell in cells(path, "code") for output in cell["outputs"]]


def texts(output):
    """Return the texts of an output, without pictures."""
    data = {"text/plain": output.get("text", ""), **output.get("data", {})}
    return "".join("".join(text) for kind, text in data.items() if not kind.startswith("image"))


def pictures(path):
    found = [output.get("data", {}).get("image/png") for output in outputs(path)]
    return [base64.b64decode("".join(text)) for text in found if text]


def colour_type(png):
    """Return the colour type of a PNG file, from its header (PNG specification, 11.2.2)."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    return png[25]


def test_there_are_notebooks():
    assert len(NOTEBOOKS) >= 10


notebooks = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@notebooks
def test_it_is_small(path):
    assert path.stat().st_size < MOST_BYTES
    assert max(source(cell).count("\n") for cell in cells(path, "code")) < 3 * MOST_LINES


@notebooks
def test_it_was_run_once_from_a_fresh_kernel(path):
    counts = [cell["execution_count"] for cell in cells(path, "code")]
    assert counts == [*range(1, len(counts) + 1)]


@notebooks
def test_its_outputs_have_no_error_and_no_warning(path):
    for output in outputs(path):
        assert output["output_type"] != "error"
        assert output.get("name") != "stderr"


@notebooks
def test_its_outputs_have_no_path_of_a_machine(path):
    for output in outputs(path):
        assert not MACHINE_PATH.search(texts(output))
        assert "/tmp" not in texts(output)


@notebooks
def test_its_pictures_are_opaque(path):
    """Black text on a transparent background cannot be read in a dark theme."""
    for picture in pictures(path):
        width, height = struct.unpack(">II", picture[16:24])
        assert max(width, height) <= 1300
        if colour_type(picture) == 6:
            matplotlib_image = pytest.importorskip("matplotlib.image")
            import io

            assert (matplotlib_image.imread(io.BytesIO(picture))[..., 3] == 1).all()


@notebooks
def test_it_uses_public_names(path):
    for cell in cells(path, "code"):
        for node in ast.walk(ast.parse(source(cell).replace("%", "#"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                modules = [getattr(node, "module", None) or "", *(a.name for a in node.names)]
                assert not any("._" in f".{module}" for module in modules)
            if isinstance(node, ast.Attribute):
                private = node.attr.startswith("_") and not node.attr.endswith("__")
                assert not private, node.attr


@notebooks
def test_the_page_lists_it_with_its_buttons(path):
    assert f"(../notebooks/{path.name})" in PAGE
    assert f"_generated/notebooks/{path.stem}\n" in PAGE
    for text in (PAGE, source(cells(path, "markdown")[0])):
        assert f"/blob/main/notebooks/{path.name})" in text
        assert f"labpath=notebooks%2F{path.name})" in text


@notebooks
def test_its_links_lead_to_files(path):
    for cell in cells(path, "markdown"):
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", source(cell)):
            assert (path.parent / link).exists(), link
