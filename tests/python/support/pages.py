"""The pages for people, and the code blocks in them."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
README = ROOT / "README.md"
DOCS = ROOT / "docs"
GENERATED = {"_generated", "_build"}
PAGES = sorted(
    path
    for path in [
        README,
        ROOT / "CONTRIBUTING.md",
        ROOT / "benchmarks" / "README.md",
        *DOCS.rglob("*.md"),
    ]
    if not GENERATED & set(path.relative_to(ROOT).parts)
)


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path, language: str) -> list[str]:
    """Return the fenced blocks of a language, in the order of the page."""
    text = page.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
