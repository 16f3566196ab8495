"""The package's layers: imports go downwards only, and the package root stays small."""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[3] / "python" / "dt4ecg"

# A layer may import only those before it. CONTRIBUTING.md shows the same order.
LAYERS = (
    "_core",
    "_common",
    "io",
    "signal",
    "beats",
    "datasets",
    "protocols",
    "metrics",
    "nn",
    "weighting",
    "storage",
    "training",
    "inference",
    "estimator",
    "biometrics",
    "plots",
    "runs",
    "cli",
    "paper",
    "tests",
)
ROOT_FILES = ("__init__", "__main__")
LAYER_OF_NAME = {
    "DT4ECGClassifier": "estimator",
    "Preprocessor": "signal",
    "Trainer": "training",
    "load": "biometrics",
}
SOURCES = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}


def imported(source: Path) -> set[str]:
    """Modules of the package that a file imports, also inside functions and for types only."""
    found = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.startswith("dt4ecg")}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("dt4ecg"):
            for alias in node.names:
                name = f"{node.module}.{alias.name}"
                found.add(name if name in SOURCES else node.module)
                if node.module == "dt4ecg" and name not in SOURCES:
                    found.add(f"dt4ecg.{LAYER_OF_NAME.get(alias.name, alias.name)}")
    return found - {"dt4ecg"}


IMPORTS = {module: imported(path) for module, path in SOURCES.items() if module != "dt4ecg"}


def layer(module: str) -> str:
    return module.split(".")[1]


def test_every_folder_is_a_layer():
    assert {layer(module) for module in IMPORTS} - set(ROOT_FILES) <= set(LAYERS)
    assert len(SOURCES) > 100


@pytest.mark.parametrize("module", [m for m in IMPORTS if layer(m) not in ROOT_FILES])
def test_imports_go_downwards(module):
    allowed = (*LAYERS[: LAYERS.index(layer(module)) + 1], "__version__", "build_info")
    assert {layer(target) for target in IMPORTS[module]} <= set(allowed)


def test_files_import_each_other_without_a_cycle():
    graph = {
        module: {target for target in targets if target in IMPORTS}
        for module, targets in IMPORTS.items()
    }
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(f"import cycle: {error.args[1]}")
    assert set(order) == set(IMPORTS)


def test_the_package_root_is_small():
    units = {layer(module) for module in IMPORTS} | {"__init__", "_core"}
    assert len(units) <= 22
    # Private files belong into the folder that they serve.
    assert not [path for path in PACKAGE.glob("_[!_]*.py")]
