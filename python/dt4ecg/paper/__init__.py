"""The paper's tables, figures and claims, computed again: ``dt4ecg reproduce`` for Python programs.

A run is a grid of independent cells: one training, or one fit of another method, with one seed. Any
executor computes them, each finished cell is a file, and the report depends only on these files.
The folders import only from those before them: ``comparators``, ``design``, ``run``, ``judge``,
``report``. The names here load when they are first used.

In addition to the functions and classes, there are four tables of names:

``TABLES``, ``FIGURES``
    The tables and figures that :func:`reproduce` can compute. The values are functions of a
    :class:`Plan`.
``PRESETS``
    The sizes of a run: epochs, seeds, people and seconds of each recording.
``NETWORKS``
    The rows of Tables I and III that :func:`plan` can select.

Examples
--------
>>> from dt4ecg import paper
>>> list(paper.TABLES), list(paper.FIGURES)
(['I', 'II', 'III', 'IV', 'recipes'], ['6', '7'])
>>> list(paper.PRESETS), paper.PRESETS["quick"].subjects
(['paper', 'quick'], 3)
>>> paper.NETWORKS
('lstm', 'mlp', 'cnn', 'mobilenet', 'efficientnet', 'resnet', 'densenet', 'dt4ecg',
 'dt4ecg-chen2018', 'dt4ecg-paper')
"""

import importlib as _importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dt4ecg.paper.design.figures import FIGURES
    from dt4ecg.paper.design.plan import Plan, plan
    from dt4ecg.paper.design.presets import PRESETS
    from dt4ecg.paper.design.published import NETWORKS
    from dt4ecg.paper.design.tables import TABLES
    from dt4ecg.paper.report.ledger import index
    from dt4ecg.paper.reproduction import Reproduction, reproduce

__all__ = [
    "FIGURES",
    "NETWORKS",
    "PRESETS",
    "TABLES",
    "Plan",
    "Reproduction",
    "index",
    "plan",
    "reproduce",
]

_MODULES = {
    "FIGURES": "design.figures",
    "NETWORKS": "design.published",
    "PRESETS": "design.presets",
    "TABLES": "design.tables",
    "Plan": "design.plan",
    "Reproduction": "reproduction",
    "index": "report.ledger",
    "plan": "design.plan",
    "reproduce": "reproduction",
}


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(_importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
    if name == "comparators":
        return _importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
