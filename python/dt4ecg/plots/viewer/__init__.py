"""A plot of a whole recording to scroll through, in a browser or a notebook.

``Recording.plot`` calls :func:`view`. plotly is imported when it is needed.
"""

from dt4ecg.plots.viewer.figure import view

__all__ = ["view"]
