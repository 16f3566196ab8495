"""The page of jobs has at most five lines for each; ``test_code_blocks.py`` runs them."""

import re

import pytest
from support.pages import DOCS

PAGE = (DOCS / "jobs.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
JOBS = (
    "Load",
    "Look",
    "Clean",
    "Segment",
    "Beats",
    "Quality",
    "Train",
    "Tune",
    "Cross-validate by person",
    "Evaluate",
    "Explain",
    "Export",
)


def test_it_has_the_jobs_in_the_order_of_the_work():
    assert tuple(SECTIONS) == JOBS


@pytest.mark.parametrize("job", JOBS)
def test_a_job_takes_at_most_five_lines(job):
    (block,) = re.findall(r"^```python\n(.*?)^```", SECTIONS[job], re.MULTILINE | re.DOTALL)
    lines = [line for line in block.splitlines() if line.strip()]
    assert 1 <= len(lines) <= 5
    assert all(len(line) <= 100 and ";" not in line for line in lines)
