"""The folders of the paper's harness import only from those before them."""

import ast
from pathlib import Path

import pytest

import dt4ecg.paper

HERE = Path(dt4ecg.paper.__file__).parent
ORDER = ("comparators", "design", "run", "judge", "report")
# The names and presets, which `dt4ecg reproduce --help` needs, load nothing heavy.
LIGHT = ("command.py", "__init__.py", "design/names.py", "design/presets.py", "design/published.py")
HEAVY = {"numpy", "torch", "scipy", "sklearn", "matplotlib", "tqdm"}


def imports(source, top_level_only=False):
    tree = ast.parse(source.read_text())
    for node in tree.body if top_level_only else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


def test_every_folder_is_in_the_order():
    assert {path.name for path in HERE.iterdir() if (path / "__init__.py").exists()} == set(ORDER)


@pytest.mark.parametrize("folder", ORDER)
def test_imports_go_downwards(folder):
    later = ORDER[ORDER.index(folder) + 1 :]
    files = sorted((HERE / folder).glob("*.py"))
    assert len(files) > 1
    for file in files:
        for module in imports(file):
            if module.startswith("dt4ecg.paper"):
                assert module.split(".")[2] in (*ORDER, "comparators"), (file, module)
                assert module.split(".")[2] not in later, (file, module)


@pytest.mark.parametrize("name", LIGHT)
def test_the_help_imports_nothing_heavy(name):
    found = {module.split(".")[0] for module in imports(HERE / name, top_level_only=True)}
    assert not found & HEAVY
