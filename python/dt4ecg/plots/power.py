"""Plots of a stretch of a signal and of its spectrum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dt4ecg._common.numbers import number
from dt4ecg._common.text import shortened
from dt4ecg.plots import drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from dt4ecg.io import Recording

WINDOW = 4.0  # s, of Welch's method: a resolution of 0.25 Hz


def trace(
    x: ArrayLike | Recording,
    sampling_rate: float | None = None,
    start: float = 0.0,
    seconds: float = 6.0,
    lead: int = 0,
    title: str = "",
    simulated: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Plot a stretch of a signal over time.

    Parameters
    ----------
    x : Recording, or array-like of shape (T,) or (leads, T)
        The signal.
    sampling_rate : float, optional
        In Hz; a recording has its own.
    start, seconds : float, default 0.0 and 6.0
        Start and length of the stretch, in s.
    lead : int, default 0
        Position of the lead.
    title : str, default the name of the recording
        Title of the axes.
    simulated : bool, default False
        Add "(simulated data)" to the title.
    ax : matplotlib.axes.Axes, optional
        Axes to draw on; by default those of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes; lost samples are gaps of the line.

    Raises
    ------
    ValueError
        If the sampling rate is unknown, there is no such lead, or the stretch is outside the
        signal.

    See Also
    --------
    spectrum : The frequencies of the signal.
    dt4ecg.Recording.plot : A plot of the whole recording to scroll through.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from dt4ecg import datasets, plots
    >>> recording = datasets.simulate_cohort(subjects=1, seconds=6, seed=0)[0]
    >>> plots.trace(recording, seconds=2).get_lines()[0].get_xdata().size
    2000
    """
    samples, rate, name, units = _signal("trace", x, sampling_rate, lead)
    first = round(start * rate)
    part = samples[max(first, 0) : first + round(seconds * rate)]
    if first < 0 or not len(part):
        raise ValueError(
            f"trace: the stretch from {start:g} s of {seconds:g} s is outside the signal of "
            f"{len(samples) / rate:.1f} s"
        )
    ax = drawing.axes(ax, (7.2, 2.6))
    ax.plot(start + np.arange(len(part)) / rate, part, color=drawing.ink(ax), lw=0.8)
    ax.set_xlim(start, start + seconds)
    ax.set_ylabel(units or "amplitude", parse_math=False)
    return drawing.finish(ax, "time (s)", title or name, simulated)


def spectrum(
    x: ArrayLike | Recording,
    sampling_rate: float | None = None,
    highest: float | None = None,
    mains: float | None = None,
    lead: int = 0,
    title: str = "Spectrum",
    simulated: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Plot the power spectral density of a whole signal by the method of Welch.

    Parameters
    ----------
    x : Recording, or array-like of shape (T,) or (leads, T)
        The signal. Lost samples (NaN) and gaps are bridged by straight lines.
    sampling_rate : float, optional
        In Hz; a recording has its own.
    highest : float, optional
        Highest frequency to show, in Hz; by default half of the sampling rate, at most 125.
    mains : float, optional
        Frequency in Hz to mark by a dotted line, such as that of a notch.
    lead : int, default 0
        Position of the lead.
    title : str, default "Spectrum"
        Title of the axes.
    simulated : bool, default False
        Add "(simulated data)" to the title.
    ax : matplotlib.axes.Axes, optional
        Axes to draw on; by default those of a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, in dB relative to the strongest frequency.

    Raises
    ------
    ValueError
        If the sampling rate is unknown, there is no such lead, or the signal is constant, shorter
        than 2 samples or without a finite sample.

    See Also
    --------
    scipy.signal.welch : Computes the density, with windows of 4 s.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> import numpy as np
    >>> from dt4ecg import plots
    >>> hum = np.sin(2 * np.pi * 50 * np.arange(5000) / 500)
    >>> (line,) = plots.spectrum(hum, 500).get_lines()
    >>> float(line.get_xdata()[line.get_ydata().argmax()])
    50.0
    """
    from scipy.signal import welch

    samples, rate, _, _ = _signal("spectrum", x, sampling_rate, lead)
    finite = np.isfinite(samples)
    if len(samples) < 2 or not finite.any() or np.ptp(samples[finite]) == 0:
        raise ValueError(
            f"spectrum: the {len(samples)} samples are constant, too few or not finite; pass a "
            "signal that varies"
        )
    places = np.arange(len(samples))
    bridged = np.interp(places, places[finite], samples[finite])
    frequencies, density = welch(bridged, rate, nperseg=min(len(bridged), round(WINDOW * rate)))
    level = 10 * np.log10(np.maximum(density / density.max(), 1e-12))
    ax = drawing.axes(ax, (5.2, 2.6))
    ax.plot(frequencies, level, color=drawing.ink(ax), lw=0.9)
    if mains is not None:
        ax.axvline(mains, color=drawing.colour(1), ls=":", lw=1.2)
    ax.set_xlim(0, highest or min(rate / 2, 125.0))
    ax.set_ylim(max(-80.0, float(level.min()) - 3), 3)
    ax.set_ylabel("power (dB)")
    return drawing.finish(ax, "frequency (Hz)", title, simulated)


def _signal(
    operation: str, x: Any, sampling_rate: float | None, lead: int
) -> tuple[NDArray[np.float64], float, str, str]:
    """Return samples, rate in Hz, name and unit of one lead."""
    rate = getattr(x, "sampling_rate", None) if sampling_rate is None else sampling_rate
    if rate is None:
        raise ValueError(f"{operation}: the sampling rate is unknown; pass sampling_rate in Hz")
    hertz = number(f"{operation}: sampling_rate", rate)
    if hertz <= 0:
        raise ValueError(f"{operation}: sampling_rate must be above 0 Hz, got {rate!r}")
    samples = np.atleast_2d(np.asarray(getattr(x, "samples", x), dtype=np.float64))
    if samples.ndim != 2 or not -len(samples) <= lead < len(samples):
        raise ValueError(
            f"{operation}: there is no lead {lead} in a signal of shape {samples.shape}; pass "
            "(T,) or (leads, T)"
        )
    name = shortened(getattr(x, "name", ""), drawing.LONGEST_LINE)
    units = getattr(x, "units", None)
    unit = units[lead] if isinstance(units, tuple | list) and len(units) > lead else units
    return samples[lead], hertz, name, shortened(unit or "", drawing.LONGEST_LABEL)
