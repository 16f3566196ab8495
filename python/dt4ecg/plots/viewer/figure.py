"""The figure of the viewer: signals above ribbons, with a slider to scroll."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dt4ecg._common.extras import import_extra
from dt4ecg._common.numbers import integer
from dt4ecg._common.text import shortened
from dt4ecg.plots import drawing
from dt4ecg.plots.viewer.content import Content, content
from dt4ecg.plots.viewer.decimation import decimated

if TYPE_CHECKING:
    from dt4ecg.io import Recording
    from dt4ecg.signal.preprocessor import Preprocessor

SECONDS = 30.0  # visible at first
PARTS = 15  # of a long recording, one of which is visible at first
_RAW = "#808080"  # legible on white and on black
_QUALITY = {"usable": "#9E9E9E", "unusable": "#D55E00"}
# Colours of Okabe and Ito, then of Paul Tol's palette "muted", without that of unusable segments.
_LABELS = ("#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#999933", "#882255", "#44AA99")


def view(
    recording: Recording,
    model: Any = None,
    preprocessor: Preprocessor | None = None,
    lead: int = 0,
    points: int = 20_000,
    quality: bool = True,
    live: bool = False,
    title: str = "",
) -> Any:
    """Plot a whole recording; :meth:`dt4ecg.Recording.plot` describes the parameters.

    Examples
    --------
    >>> from dt4ecg import datasets
    >>> from dt4ecg.plots.viewer import view
    >>> recording = datasets.simulate_cohort(subjects=1, seconds=30, seed=0)[0]
    >>> [trace.name for trace in view(recording).data]
    ['raw', 'filtered', 'rest', 'usable']
    """
    plotly = import_extra("plotly.graph_objects", "viewer", "Recording.plot")
    subplots = import_extra("plotly.subplots", "viewer", "Recording.plot")
    points = integer("plot", "points", points, 2, 10**6)
    lead = _lead(recording, lead)
    shown = content(recording, model, _preprocessor(recording, model, preprocessor), lead, quality)
    rows = 3 if shown.ribbons else 2
    heights = [0.42, 0.42, 0.05 + 0.06 * len(shown.ribbons)][:rows]
    figure = subplots.make_subplots(
        rows=rows, cols=1, shared_xaxes=True, vertical_spacing=0.03, row_heights=heights
    )
    for row, (name, samples) in enumerate(
        (("raw", shown.raw), ("filtered", shown.filtered)), start=1
    ):
        times, values = decimated(samples, shown.rate, points)
        colour = _RAW if name == "raw" else drawing.COLOURS[0]
        figure.add_trace(
            plotly.Scatter(
                x=times, y=values, name=name, mode="lines", line={"width": 1, "color": colour}
            ),
            row=row,
            col=1,
        )
    _add_ribbons(figure, plotly, shown)
    _add_layout(figure, recording, shown, lead, rows, title)
    return _live(figure, plotly, shown, points) if live else figure


def _lead(recording: Recording, lead: int) -> int:
    if not -recording.n_leads <= lead < recording.n_leads:
        raise ValueError(
            f"plot: there is no lead {lead}; the recording has {recording.n_leads}, from 0"
        )
    return lead


def _preprocessor(
    recording: Recording, model: Any, preprocessor: Preprocessor | None
) -> Preprocessor:
    from dt4ecg.signal import Preprocessor

    own = getattr(model, "preprocessor", None)
    if model is not None and own is None:
        raise ValueError(
            "plot: the model has no preprocessor, so it cannot label a recording; fit it with "
            "preprocessor=..."
        )
    chosen = own if preprocessor is None else preprocessor
    if chosen is not None:
        return chosen
    return Preprocessor(notch=recording.mains_frequency)


def _add_ribbons(figure: Any, plotly: Any, shown: Content) -> None:
    """Add one bar for each stretch; equal labels have one colour and one entry in the legend."""
    colours: dict[str, str] = {}
    for ribbon, stretches in shown.ribbons.items():
        for label in dict.fromkeys(stretch.label for stretch in stretches):
            new = label not in colours
            plain = len([name for name in colours if name not in _QUALITY])
            colours.setdefault(label, _QUALITY.get(label, _LABELS[plain % len(_LABELS)]))
            chosen = [stretch for stretch in stretches if stretch.label == label]
            name = _escaped(label)
            figure.add_trace(
                plotly.Bar(
                    orientation="h",
                    y=[_escaped(ribbon)] * len(chosen),
                    base=[stretch.start for stretch in chosen],
                    x=[stretch.stop - stretch.start for stretch in chosen],
                    name=name,
                    legendgroup=name,
                    showlegend=new,
                    marker={"color": colours[label], "line": {"width": 0}},
                    hovertemplate=f"{name}: %{{base:.1f}} s, for %{{x:.1f}} s<extra></extra>",
                ),
                row=3,
                col=1,
            )


def _add_layout(
    figure: Any, recording: Recording, shown: Content, lead: int, rows: int, title: str
) -> None:
    unit = recording.units[lead] if recording.units else ""
    figure.update_layout(
        title=_escaped(title or recording.name or "recording"),
        height=470 + 34 * len(shown.ribbons),
        barmode="overlay",
        bargap=0.25,
        dragmode="pan",
        hovermode="closest",
        margin={"l": 90, "r": 20, "t": 84, "b": 40},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 1, "xanchor": "right"},
    )
    raw = _escaped(f"raw ({unit})" if unit else "raw")
    figure.update_yaxes(title_text=raw, row=1, col=1)
    figure.update_yaxes(title_text="filtered", row=2, col=1)
    if rows == 3:
        figure.update_yaxes(autorange="reversed", fixedrange=True, row=3, col=1)
    visible = min(recording.seconds, max(SECONDS, recording.seconds / PARTS))
    figure.update_xaxes(range=[0, visible])
    figure.update_xaxes(
        title_text="time (s)",
        rangeslider={"visible": True, "thickness": 0.06, "range": [0, recording.seconds]},
        row=rows,
        col=1,
    )
    for gap in recording.gaps:
        figure.add_vline(x=gap / shown.rate, line={"dash": "dot", "width": 1, "color": _RAW})


def _live(figure: Any, plotly: Any, shown: Content, points: int) -> Any:
    """Return a widget that sends the visible stretch again after each zoom, in more detail."""
    import_extra("anywidget", "viewer", "Recording.plot(live=True)")
    widget = plotly.FigureWidget(figure)

    def refresh(_: Any, visible: Any) -> None:
        low, high = visible
        first = max(0, int(float(low) * shown.rate))
        last = min(len(shown.raw), int(float(high) * shown.rate) + 2)
        if last - first < 2:
            return
        with widget.batch_update():
            for trace, samples in zip(widget.data, (shown.raw, shown.filtered), strict=False):
                trace.x, trace.y = decimated(samples, shown.rate, points, first, last)

    widget.layout.on_change(refresh, "xaxis.range")
    widget.layout.xaxis.range = [0, min(SECONDS, len(shown.raw) / shown.rate)]
    return widget


def _escaped(text: str) -> str:
    """Return a text that plotly shows as it is: it interprets some tags."""
    import html

    return html.escape(shortened(text, drawing.LONGEST_LINE), quote=False)
