"""Every public object has a docstring with an example that runs as a doctest."""

import inspect
import pkgutil
from types import ModuleType

import pytest

import dt4ecg


def public_objects() -> dict[str, object]:
    """Functions, classes and methods below the public modules, by their dotted names."""
    found: dict[str, object] = {}
    modules = [dt4ecg]
    while modules:
        module = modules.pop()
        for name in getattr(module, "__all__", ()):
            value = getattr(module, name)
            path = f"{module.__name__}.{name}"
            if isinstance(value, ModuleType):
                modules.append(value)
            elif inspect.isclass(value) and value.__module__ in SOURCES:
                found[path] = value
                found |= {f"{path}.{key}": member for key, member in methods(value).items()}
            elif inspect.isfunction(value):
                found[path] = value
    return found


def methods(cls: type) -> dict[str, object]:
    """Methods and properties that a class adds to those of its bases."""
    inherited = {name for base in cls.__mro__[1:] for name in vars(base)}
    return {
        name: member
        for name, member in vars(cls).items()
        if not name.startswith("_")
        and name not in inherited
        and (inspect.isfunction(member) or isinstance(member, property | classmethod))
    }


SOURCES = {module.name for module in pkgutil.walk_packages(dt4ecg.__path__, "dt4ecg.")}
OBJECTS = public_objects()


def test_the_public_objects_are_found():
    assert len(OBJECTS) > 100


@pytest.mark.parametrize("name", OBJECTS)
def test_a_public_object_has_an_example(name):
    doc = inspect.getdoc(OBJECTS[name])
    assert doc, f"{name} has no docstring"
    owner = OBJECTS.get(name.rpartition(".")[0])
    is_accessor = isinstance(OBJECTS[name], property)
    shown = doc if owner is None or not is_accessor else f"{doc}\n{inspect.getdoc(owner)}"
    assert ">>>" in shown, f"{name} has no example"
