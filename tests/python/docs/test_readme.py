"""The README is short, and what it points to exists."""

import re

from support.pages import README


def test_it_is_short():
    assert len(README.read_bytes()) <= 10_000


def test_the_files_it_points_to_exist():
    links = re.findall(r"\]\(([^)#:]+)[^)]*\)", README.read_text(encoding="utf-8"))
    assert len(links) >= 10
    for link in links:
        assert (README.parent / link).exists(), link
