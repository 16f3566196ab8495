"""The C++ headers: layers include downwards, and public headers include no private ones."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
CPP = ROOT / "cpp"
PUBLIC, PRIVATE = CPP / "include" / "dt4ecg", CPP / "src"
# Each layer includes itself and those before it. The public headers outside the folders are base.
LAYERS = ("base", "signal", "simulate", "ops", "wavelets", "nn", "train")
INCLUDE = re.compile(r'^#include "([^"]+)"', re.MULTILINE)


def files(*folders: Path) -> list[Path]:
    found = [path for folder in folders for path in folder.rglob("*.[ch]pp")]
    assert found
    return sorted(found)


def included(path: Path) -> list[Path]:
    """The project's files that ``path`` includes, each by its path in an include folder."""
    names = INCLUDE.findall(path.read_text())
    roots = (CPP / "include", PRIVATE, path.parent)
    return [next(root / name for root in roots if (root / name).exists()) for name in names]


def layer(path: Path) -> str:
    top = path.relative_to(PUBLIC if path.is_relative_to(PUBLIC) else PRIVATE).parts[0]
    return top if top in LAYERS else "base"


def test_public_headers_include_only_public_headers() -> None:
    private = {
        f"{path.name} includes {header.name}"
        for path in files(PUBLIC)
        for header in included(path)
        if not header.is_relative_to(PUBLIC)
    }
    assert private == set()


def test_layers_include_downwards() -> None:
    upwards = {
        f"{path.name} ({layer(path)}) includes {header.name} ({layer(header)})"
        for path in files(PUBLIC, PRIVATE)
        for header in included(path)
        if LAYERS.index(layer(header)) > LAYERS.index(layer(path))
    }
    assert upwards == set()


def test_signal_and_simulation_use_neither_torch_nor_each_other() -> None:
    for name in ("base", "signal", "simulate"):
        for path in files(PUBLIC, PRIVATE):
            if layer(path) == name:
                assert not re.search(r"#include <(ATen|c10|torch)/", path.read_text()), path
                assert {layer(header) for header in included(path)} <= {"base", name}, path


def test_tests_mirror_the_layers() -> None:
    folders = {path.name for path in (ROOT / "tests" / "cpp").iterdir() if path.is_dir()}
    assert folders == set(LAYERS)
