"""Each public module lists its public names, and completion offers these alone."""

import importlib
import re
from pathlib import Path
from types import ModuleType

import pytest

API = Path(__file__).parents[3] / "docs" / "api"


def public_modules() -> list[str]:
    """Modules that the package or another public module offers, and those of the API reference."""
    found = {"dt4ecg"}
    for page in API.glob("*.md"):
        found |= set(re.findall(r"automodule:: ([\w.]+)", page.read_text(encoding="utf-8")))
    todo = list(found)
    while todo:
        module = importlib.import_module(todo.pop())
        for name in getattr(module, "__all__", ()):
            value = getattr(module, name)
            if isinstance(value, ModuleType) and value.__name__ not in found:
                found.add(value.__name__)
                todo.append(value.__name__)
    return sorted(found)


MODULES = public_modules()


def test_the_public_modules_are_found():
    assert {"dt4ecg", "dt4ecg.datasets", "dt4ecg.plots", "dt4ecg.training.recipes"} <= set(MODULES)


@pytest.mark.parametrize("name", MODULES)
def test_completion_offers_the_public_names_alone(name):
    module = importlib.import_module(name)
    assert len(set(module.__all__)) == len(module.__all__) > 0
    assert dir(module) == sorted(module.__all__)
    for public in module.__all__:
        assert getattr(module, public) is not None


@pytest.mark.parametrize("name", [module for module in MODULES if module != "dt4ecg"])
def test_a_name_that_does_not_exist_is_an_attribute_error(name):
    with pytest.raises(AttributeError, match="has no attribute 'absent'"):
        _ = importlib.import_module(name).absent


def test_the_only_special_name_is_the_version():
    special = [
        name
        for module in MODULES
        for name in importlib.import_module(module).__all__
        if name.startswith("_")
    ]
    assert special == ["__version__"]
