"""The files and folders of the repository that the pages name exist."""

import re

import pytest
from support.pages import PAGES, ROOT, name_of

FOLDERS = ("benchmarks", "cpp", "docs", "notebooks", "python", "tests")
PATH = re.compile(rf"`((?:{'|'.join(FOLDERS)})/[\w./-]+)`")
PLACEHOLDER = re.compile("[A-Z]{4}")
NAMED = [
    (name_of(page), path)
    for page in PAGES
    for path in sorted(set(PATH.findall(page.read_text(encoding="utf-8"))))
    if not PLACEHOLDER.search(path)
]


def test_pages_name_files():
    assert len(NAMED) >= 20


@pytest.mark.parametrize(("page", "path"), NAMED)
def test_a_named_file_exists(page, path):
    assert (ROOT / path).exists()
