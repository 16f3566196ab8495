"""Write the generated tables into the pages, or check that they are there.

    python docs/generate.py
    python docs/generate.py --check

A page marks the place of a table with ``<!-- table: NAME -->`` and ``<!-- end of table -->``.
"""

import argparse
import re
from collections.abc import Callable
from pathlib import Path

import confounder_tables
import guided_tables
import heart_rate_tables
import noise_tables
import package_tables
import pretraining_tables
import result_tables
import robust_tables
import signal_tables
import tamper_tables
import verification_tables

PAGES = Path(__file__).parent
TABLES: dict[str, Callable[[], str]] = {
    **result_tables.TABLES,
    **robust_tables.TABLES,
    **package_tables.TABLES,
    **signal_tables.TABLES,
    **noise_tables.TABLES,
    **heart_rate_tables.TABLES,
    **confounder_tables.TABLES,
    **tamper_tables.TABLES,
    **guided_tables.TABLES,
    **pretraining_tables.TABLES,
    **verification_tables.TABLES,
}
_MARKED = re.compile(r"<!-- table: (\S+) -->\n.*?<!-- end of table -->", re.DOTALL)


def pages() -> list[Path]:
    """Return all pages that a person wrote, and the README."""
    skipped = {"_generated", "_build"}
    written = sorted(
        page for page in PAGES.rglob("*.md") if not skipped & set(page.relative_to(PAGES).parts)
    )
    return [PAGES.parent / "README.md", *written]


def with_tables(text: str) -> str:
    """Return the text of a page with its tables as they are today."""
    return _MARKED.sub(
        lambda match: f"<!-- table: {match[1]} -->\n{TABLES[match[1]]()}\n<!-- end of table -->",
        text,
    )


def stale_pages(write: bool = False) -> list[Path]:
    """Pages whose tables differ from the generated ones; they are updated if ``write`` is true."""
    found = []
    for page in pages():
        text = page.read_text(encoding="utf-8")
        renewed = with_tables(text)
        if renewed != text:
            found.append(page)
            if write:
                page.write_text(renewed, encoding="utf-8")
    return found


def main() -> int:
    """Run the command line and return its exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing, fail if one is old")
    check = parser.parse_args().check
    for page in stale_pages(write=not check):
        print(f"{page}: {'its tables are old' if check else 'updated'}")
    return int(check and bool(stale_pages()))


if __name__ == "__main__":
    raise SystemExit(main())
