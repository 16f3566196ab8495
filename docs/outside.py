"""Pages from outside this folder: the benchmarks, the reports on the paper and the notebooks.

They are copied into ``_generated`` with their folders, so that links among them stay valid. Links
from a page of this folder to one of them are changed when the page is read.
"""

import re
import shutil
from pathlib import Path

from sphinx.application import Sphinx

DOCS = Path(__file__).parent
ROOT = DOCS.parent
COPIES = DOCS / "_generated"
KINDS = {".md", ".png", ".json"}
_TO_PAGE = re.compile(
    r"\]\((?:\.\./)+((?:benchmarks|notebooks/\w+[.]ipynb|(?!README)[A-Z_]+[.]md)[^)]*)\)"
)
_TO_DOCS = re.compile(r"\]\((?:\.\./)*docs/([^)]*)\)")


def copy_pages() -> None:
    """Copy the pages and what they link to, and add a table of contents to the reports."""
    shutil.rmtree(COPIES, ignore_errors=True)
    for source in (ROOT / "benchmarks").rglob("*"):
        if source.suffix in KINDS and "cells" not in source.parts:
            target = COPIES / source.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    (COPIES / "notebooks").mkdir()
    for notebook in (ROOT / "notebooks").glob("*.ipynb"):
        shutil.copyfile(notebook, COPIES / "notebooks" / notebook.name)
    for page in ROOT.glob("*.md"):
        if page.name != "README.md":  # its content is that of the first pages
            shutil.copyfile(page, COPIES / page.name)
    reports = COPIES / "benchmarks" / "reproduction"
    entries = [f"{path.parent.name} <{path.parent.name}/report>" for path in _reports(reports)]
    index = reports / "README.md"
    contents = "\n".join(["", "```{toctree}", ":hidden:", "", *entries, "```", ""])
    index.write_text(index.read_text(encoding="utf-8") + contents, encoding="utf-8")


def relink(app: Sphinx, name: str, source: list[str]) -> None:
    """Change links between this folder and the copied pages."""
    text = _TO_PAGE.sub(r"](/_generated/\1)", source[0])
    source[0] = _TO_DOCS.sub(r"](/\1)", text) if name.startswith("_generated/") else text


def _reports(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/report.md"))
