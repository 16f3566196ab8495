"""The Python of each page runs as written; each command has the options that it is given."""

import shlex

import pytest
import torch
from support.pages import PAGES, ROOT, blocks, name_of

from dt4ecg.cli import parser

NEEDS_FILES = "recorders.md"  # tested in test_recorders.py
WITH_PYTHON = [page for page in PAGES if blocks(page, "python") and page.name != NEEDS_FILES]
LINES = [
    (name_of(page), line.partition("#")[0].strip())
    for page in PAGES
    for block in blocks(page, "bash")
    for line in block.splitlines()
]


@pytest.fixture
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_pages_have_code():
    assert len(WITH_PYTHON) >= 8
    assert ROOT / "README.md" in WITH_PYTHON


@pytest.mark.slow
@pytest.mark.usefixtures("_one_thread")
@pytest.mark.parametrize("page", WITH_PYTHON, ids=name_of)
def test_python_of_a_page_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for kind in ("attentions", "backbones"):  # what a page registers is unknown to other tests
        monkeypatch.setattr(f"dt4ecg.nn.registry._python_{kind}", {})
    namespace: dict = {}
    for block in blocks(page, "python"):
        exec(compile(block, str(page), "exec"), namespace)


@pytest.mark.parametrize(
    ("page", "line"), [pair for pair in LINES if pair[1].startswith("dt4ecg ")]
)
def test_a_command_takes_the_options_of_a_page(page, line):
    words = shlex.split(line)[1:]
    parser(words[0]).parse_args(words)  # a wrong option raises SystemExit


@pytest.mark.parametrize(
    ("page", "line"), [pair for pair in LINES if pair[1].startswith("pip install")]
)
def test_extras_of_a_page_exist(page, line):
    tomllib = pytest.importorskip("tomllib")  # Python 3.11
    with open(ROOT / "pyproject.toml", "rb") as file:
        extras = tomllib.load(file)["project"]["optional-dependencies"]
    for word in shlex.split(line):
        if word.startswith(".["):
            assert set(word[2:-1].split(",")) <= extras.keys()


@pytest.mark.parametrize(("page", "line"), [pair for pair in LINES if pair[1].startswith("bash ")])
def test_a_script_of_a_page_exists(page, line):
    assert (ROOT / shlex.split(line)[1]).is_file()
