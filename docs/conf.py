"""Configuration of the documentation: ``sphinx-build -W --keep-going docs build/docs``."""

import os
import sys
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util import logging

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import generate  # noqa: E402
import outside  # noqa: E402

import dt4ecg  # noqa: E402

project = "DT4ECG"
author = "The DT4ECG developers"
copyright = f"2026, {author}"
version = release = dt4ecg.__version__

extensions = [
    "myst_nb",  # pages in Markdown and notebooks
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.viewcode",
]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "off"  # the notebooks hold their outputs, and the tests run them

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings have the types
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

html_theme = "pydata_sphinx_theme"
html_title = "DT4ECG"
html_show_sourcelink = False
html_theme_options = {"show_toc_level": 2, "navigation_with_keys": False}

# Links to the documentation of other packages need the network: DOCS_INTERSPHINX=1 adds them.
if os.environ.get("DOCS_INTERSPHINX") == "1":
    extensions.append("sphinx.ext.intersphinx")
    intersphinx_mapping = {
        "python": ("https://docs.python.org/3", None),
        "numpy": ("https://numpy.org/doc/stable", None),
        "sklearn": ("https://scikit-learn.org/stable", None),
        "torch": ("https://docs.pytorch.org/docs/stable", None),
    }


def _check_tables(app: Sphinx) -> None:
    for page in generate.stale_pages():
        logging.getLogger(__name__).warning(
            "%s has old tables; run python docs/generate.py", page.relative_to(HERE)
        )


def setup(app: Sphinx) -> None:
    """Bring pages from outside this folder into the site, and check the generated tables."""
    outside.copy_pages()
    app.connect("builder-inited", _check_tables)
    app.connect("source-read", outside.relink)
