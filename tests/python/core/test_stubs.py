"""The hand-written stubs and the extension have the same names and parameter names."""

import ast
import enum
import inspect
import re
from pathlib import Path

import pytest

from dt4ecg import _core

STUBS = Path(__file__).parents[3] / "python" / "dt4ecg" / "_core"
SUBMODULES = [name for name, value in vars(_core).items() if inspect.ismodule(value)]
SPECIAL = ("__init__", "__call__", "__contains__", "__getitem__", "__setitem__")


def public(name: str) -> bool:
    return not name.startswith("_") or name in SPECIAL


def parameters_in(docstring: str) -> list[str]:
    """Return the names in a signature such as ``f(a: int, b: tuple[str, ...] = (1, 2)) -> int``."""
    inside = re.match(r"\w+\((.*)\) ->", docstring).group(1)
    depth, parts = 0, [""]
    for character in inside:
        depth += (character in "([{") - (character in ")]}")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    names = [re.split(r"[:=]", part)[0].strip() for part in parts]
    return [name for name in names if name and name not in ("self", "*", "/")]


def names_of(value: type) -> dict[str, object]:
    if issubclass(value, enum.Enum):
        return {name: "value" for name in value.__members__}
    found = {}
    for name, member in vars(value).items():
        if not public(name):
            continue
        if isinstance(member, property):
            found[name] = "property"
        elif name != "__init__" or member.__doc__.startswith("__init__("):  # can be made in Python
            callable_ = member.__func__ if isinstance(member, staticmethod) else member
            found[name] = parameters_in(callable_.__doc__)
    return found


def extension(submodule) -> dict[str, object]:
    found = {}
    for name, value in vars(submodule).items():
        if not public(name):
            continue
        if inspect.isclass(value):
            found[name] = names_of(value)
        elif callable(value):
            found[name] = parameters_in(value.__doc__)
        else:
            found[name] = "value"
    return found


def arguments(function: ast.FunctionDef) -> list[str]:
    every = function.args.posonlyargs + function.args.args + function.args.kwonlyargs
    return [argument.arg for argument in every if argument.arg != "self"]


def stub(nodes) -> dict[str, object]:
    found: dict[str, object] = {}
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            found[node.name] = stub(node.body)
        elif isinstance(node, ast.FunctionDef) and public(node.name):
            decorated = {ast.unparse(decorator) for decorator in node.decorator_list}
            if not any(text.endswith(".setter") for text in decorated):
                found[node.name] = "property" if "property" in decorated else arguments(node)
        elif isinstance(node, ast.AnnAssign) and public(node.target.id):
            found[node.target.id] = "value"
        elif isinstance(node, ast.Assign) and public(node.targets[0].id):
            found[node.targets[0].id] = "value"
    return found


@pytest.mark.parametrize("submodule", SUBMODULES)
def test_stub_of_a_submodule(submodule):
    tree = ast.parse((STUBS / f"{submodule}.pyi").read_text())
    assert stub(tree.body) == extension(getattr(_core, submodule))


def test_stub_of_the_package_lists_every_submodule():
    tree = ast.parse((STUBS / "__init__.pyi").read_text())
    imported = {alias.name for n in tree.body if isinstance(n, ast.ImportFrom) for alias in n.names}
    assert imported == set(SUBMODULES)
    assert {path.stem for path in STUBS.glob("*.pyi")} == {"__init__", *SUBMODULES}
